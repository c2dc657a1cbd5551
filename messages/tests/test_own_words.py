"""Own words for some groups: written beside those for all, checked, frozen and sent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

import pytest
from django.utils import translation

from audit.actors import Actor
from dingtalk.payloads import NOBODY, ActionCard, FeedCard, FeedLink, Link, Markdown, Message, Text
from messages.engine.firing import fire
from messages.models import Body, Broadcast, Delivery, Draft, Target
from messages.pages.drafts.differences import differences
from messages.services.checks import Check, check_launch
from messages.services.drafts import copy_draft, restore_version, save_draft
from messages.services.launch import launch
from messages.services.overrides import Override
from messages.services.snapshots import Snapshot
from messages.tests.test_launch_pages import page_form, url_of
from robots.models import Robot
from robots.tests.pages import text_of
from tests.factories import make_robot, make_tag

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
PREVIEW = "/drafts/preview/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def check(message: Message, *robots: Robot, overrides: Sequence[Override]) -> Check:
    return check_launch(message=message, at=NOBODY, robots=robots, overrides=overrides)


def launched(message: Message, robots: Sequence[Robot], overrides: Sequence[Override]) -> Broadcast:
    return launch(
        message=message,
        at=NOBODY,
        robots=robots,
        name="",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone="Asia/Shanghai",
        overrides=overrides,
    )


def fired(broadcast: Broadcast) -> dict[str, str]:
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    bodies = Delivery.objects.filter(run__broadcast=broadcast).values_list("robot_name", "body__text")
    return {name: json.loads(text)["text"]["content"] for name, text in bodies}


def saved(*robots: Robot, overrides: Sequence[dict[str, object]] = (), **changes: object) -> Draft:
    values = {"msgtype": "text", "content": {"content": "For all."}, **changes}
    snapshot = Snapshot(name="Drill", robots=[robot.pk for robot in robots], overrides=list(overrides), **values)
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=LI)


def own(kind: str, pk: int, text: str, title: str = "") -> dict[str, object]:
    return {"kind": kind, "pk": pk, "title": title, "text": text}


# --- sent -------------------------------------------------------------------------------------------------------------
def test_the_most_specific_words_win():
    tag = make_tag("North")
    robots = [make_robot("a", tags=[tag]), make_robot("b", tags=[tag]), make_robot("c")]
    overrides = [
        Override("tag", tag.pk, text="For {{ robot.name }} in the north."),
        Override("robot", robots[1].pk, text="For b."),
    ]
    assert check(Text("For all."), *robots, overrides=overrides).findings == ()
    broadcast = launched(Text("For all."), robots, overrides)
    assert fired(broadcast) == {"a": "For a in the north.", "b": "For b.", "c": "For all."}
    assert Body.objects.count() == 3


def test_what_was_frozen_is_sent_whatever_becomes_of_the_tag():
    tag = make_tag("North")
    robot = make_robot("a", tags=[tag])
    broadcast = launched(Text("For all."), [robot], [Override("tag", tag.pk, text="North.")])
    assert broadcast.overrides == [{"content": "North."}]
    assert Target.objects.get().override == 0
    tag.delete()
    assert fired(broadcast) == {"a": "North."}


@pytest.mark.parametrize(
    ("message", "other"),
    [
        (Text("x"), Text("own")),
        (Markdown("t", "x"), Markdown("own title", "own")),
        (Link("t", "x", "https://a.example"), Link("own title", "own", "https://a.example")),
        (ActionCard("t", "x", "go", "https://a.example"), ActionCard("own title", "own", "go", "https://a.example")),
        (FeedCard((FeedLink("t", "u", "p"),)), FeedCard((FeedLink("t", "u", "p"),))),
    ],
)
def test_title_and_text_are_replaced_and_the_rest_stays(message: Message, other: Message):
    assert Override("robot", 1, title="own title", text="own").of(message) == other
    assert Override("robot", 1).of(message) == message


def test_two_tags_with_different_words_keep_the_message_from_the_group_and_are_named():
    tags = [make_tag(name) for name in ("East", "North", "Way up")]
    torn, decided, agreed = (
        make_robot("a", tags=tags[:2]),
        make_robot("b", tags=tags[:2]),
        make_robot("c", tags=tags[1:]),
    )
    overrides = [
        Override("tag", tags[0].pk, text="E"),
        Override("tag", tags[1].pk, text="N"),
        Override("tag", tags[2].pk, text="N"),
        Override("robot", decided.pk, text="b"),
    ]
    found = check(Text("For all."), torn, decided, agreed, overrides=overrides)
    assert [(finding.robot and finding.robot.name, finding.code) for finding in found.blockers] == [
        ("a", "override_clash")
    ]
    assert "The tags “East” and “North” both have words of their own for this group." in found.blockers[0].text


def test_own_words_are_checked_as_the_others_are():
    robot = make_robot("a", keywords=["Drill"])
    found = check(Text("Drill"), robot, overrides=[Override("robot", robot.pk, text="Nothing")])
    assert [finding.code for finding in found.blockers] == ["keyword_missing"]
    found = check(Text("Drill"), robot, overrides=[Override("robot", robot.pk, text="Drill {{ grup }}")])
    assert [finding.text for finding in found.blockers] == [
        "In the words for “a”: In the text, line 1, character 7: there is no variable “grup”. Did you mean “group”?"
    ]


def test_a_variable_that_only_others_read_need_not_have_a_value():
    robots = [make_robot("a", variables={"manager": "Li"}), make_robot("b")]
    overrides = [Override("robot", robots[1].pk, text="Without.")]
    assert check(Text("{{ manager }}"), *robots, overrides=overrides).blockers == ()
    assert fired(launched(Text("{{ manager }}"), robots, overrides)) == {"a": "Li", "b": "Without."}


def test_it_takes_as_many_queries_for_many_robots_as_for_one(django_assert_num_queries):
    tag = make_tag()
    robots = [make_robot(tags=[tag]) for _number in range(30)]
    overrides = [Override("tag", tag.pk, text="x"), Override("robot", robots[0].pk, text="y")]
    check(Text("z"), robots[0], overrides=overrides)
    with django_assert_num_queries(6):
        check(Text("z"), robots[0], overrides=overrides)
    with django_assert_num_queries(6):
        check(Text("z"), *robots, overrides=overrides)


# --- kept -------------------------------------------------------------------------------------------------------------
def test_own_words_are_part_of_every_version_of_copies_and_of_what_is_restored():
    robot = make_robot("a")
    draft = saved(robot, overrides=[own("robot", robot.pk, "For a.\r\n")])
    assert draft.overrides == [own("robot", robot.pk, "For a.\n")]
    assert copy_draft(draft=draft, by=LI).overrides == draft.overrides
    changed = save_draft(
        draft=draft, snapshot=Snapshot("Drill", "text", {"content": "x"}), based_on=draft.version, by=LI
    )
    assert changed.overrides == []
    first = changed.versions.get(number=1)
    told = differences(Snapshot.of(changed), Snapshot.from_json(first.snapshot))
    assert ("Own words of groups", "none", "a") in [(str(each.label), each.theirs, each.mine) for each in told]
    assert restore_version(version=first, based_on=changed.version, by=LI).draft.overrides == draft.overrides


def test_a_version_from_before_there_were_own_words_is_read():
    kept = Snapshot("Drill", "text", {"content": "x"}).to_json()
    del kept["overrides"]
    assert Snapshot.from_json(kept).overrides == []


def test_what_is_empty_or_of_nobody_is_not_kept():
    robot = make_robot("a")
    draft = saved(robot, overrides=[own("robot", robot.pk, " "), own("tag", 99, "x"), own("robot", 99, "x")])
    assert draft.overrides == []


# --- pages ------------------------------------------------------------------------------------------------------------
def form(*robots: Robot, **changes: object) -> dict[str, object]:
    return {"msgtype": "text", "text": "For all.", "robots": [robot.pk for robot in robots], **changes}


def test_own_words_begin_with_those_for_all_and_are_taken_away_again(english):
    robot = make_robot("a", group_name="Shop A")
    added = english.post("/drafts/own-words/add/", form(robot, own_new=f"robot-{robot.pk}"))
    assert "Read in: Shop A · a" in text_of(added)
    assert (
        'name="own_text" id="own-0-text" rows="5" aria-describedby="remarks-own-0" autofocus>\nFor all.</textarea>'
        in added.content.decode()
    )
    again = {"own_kind": "robot", "own_pk": robot.pk, "own_title": "", "own_text": "For a."}
    twice = english.post("/drafts/own-words/add/", form(robot, own_new=f"robot-{robot.pk}", **again))
    assert twice.content.decode().count('name="own_text"') == 1
    removed = english.post("/drafts/own-words/0/remove/", form(robot, **again))
    assert 'name="own_text"' not in removed.content.decode()
    assert english.post("/drafts/own-words/add/", form(robot, own_new="odd-1")).status_code == 200


def test_own_words_are_saved_and_shown_with_how_they_differ(english):
    tag = make_tag("North")
    robot = make_robot("a", group_name="Shop A", tags=[tag])
    make_robot("other", tags=[tag])
    words = {"own_kind": "tag", "own_pk": tag.pk, "own_title": "", "own_text": "For the north."}
    english.post("/drafts/new/", form(robot, name="Drill", **words))
    draft = Draft.objects.get()
    assert draft.overrides == [own("tag", tag.pk, "For the north.")]
    text = text_of(english.get(f"/drafts/{draft.pk}/"))
    assert "Read in: Shop A · a What is left empty is said as to all the others." in text
    assert "How it differs What differs For all North Text For all. For the north." in text
    assert "This group reads the words for North" in text


def test_the_preview_shows_the_words_of_the_group_that_is_chosen(english):
    robots = [make_robot(name, group_name=f"Shop {name}") for name in "ab"]
    words = {"own_kind": "robot", "own_pk": robots[1].pk, "own_title": "", "own_text": "For {{ group }}."}
    first = text_of(english.post(PREVIEW, form(*robots, **words), headers=HTMX))
    assert "This group reads" not in first
    second = text_of(english.post(PREVIEW, form(*robots, shown=robots[1].pk, **words), headers=HTMX))
    assert "For Shop b ." in second  # the name is marked
    assert "This group reads the words for b" in second


def test_a_mistake_in_own_words_stands_in_their_part_of_the_page(english):
    robot = make_robot("a")
    words = {"own_kind": "robot", "own_pk": robot.pk, "own_title": "", "own_text": "{{ grup }}"}
    text = text_of(english.post(PREVIEW, form(robot, **words), headers=HTMX))
    assert text.count("In the words for “a”: In the text, line 1, character 1: there is no variable “grup”.") == 2


def test_own_words_are_launched_from_the_page(english):
    robots = [make_robot(name) for name in "ab"]
    draft = saved(*robots, overrides=[own("robot", robots[0].pk, "For a.")])
    english.post(url_of(draft), page_form(english.get(url_of(draft))))
    assert fired(Broadcast.objects.get()) == {"a": "For a.", "b": "For all."}


def test_words_that_changed_since_the_page_was_opened_are_shown_before_anything_is_sent(english):
    robots = [make_robot("a")]
    draft = saved(*robots, overrides=[own("robot", robots[0].pk, "For a.")])
    page = english.get(url_of(draft))
    Draft.objects.update(overrides=[own("robot", robots[0].pk, "Other.")])
    assert "Something changed since you opened this page" in text_of(english.post(url_of(draft), page_form(page)))
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize("url", ["/drafts/own-words/add/", "/drafts/own-words/0/remove/"])
def test_only_who_may_see_drafts_uses_these_buttons(url: str, english, stranger, powerless_client):
    assert english.get(url).status_code == 405
    assert stranger.post(url).status_code == 302
    assert powerless_client.post(url).status_code == 403
