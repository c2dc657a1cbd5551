"""Footers and keywords that are added where a robot demands what the text lacks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import (
    MAX_BODY_BYTES,
    NOBODY,
    ActionCard,
    At,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Message,
    Text,
    has_keyword,
    size_with_uuid,
)
from messages.engine.firing import fire
from messages.models import Body, Broadcast, Delivery, Draft, Target
from messages.rendering.endings import ending_of, with_ending
from messages.services.checks import Check, check_launch
from messages.services.drafts import save_draft
from messages.services.launch import launch
from messages.services.snapshots import Snapshot
from messages.tests.test_launch_pages import page_form, url_of
from robots.models import Robot
from robots.tests.pages import text_of
from tests.factories import make_robot

LI = Actor(name="li")
FOOTER = "Notice of head office"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def check(message: Message, *robots: Robot, at: At = NOBODY) -> Check:
    return check_launch(message=message, at=at, robots=robots)


def fired(message: Message, *robots: Robot, at: At = NOBODY) -> dict[str, str]:
    broadcast = launch(
        message=message,
        at=at,
        robots=robots,
        name="",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone="Asia/Shanghai",
    )
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    bodies = Delivery.objects.filter(run__broadcast=broadcast).values_list("robot_name", "body__text")
    return {name: json.loads(text)["text"]["content"] for name, text in bodies}


# --- what is added ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("footer", "allowed", "added"),
    [
        (FOOTER, False, FOOTER),
        (FOOTER, True, FOOTER),
        ("", True, "Notice"),
        ("Head office", True, "Head office Notice"),
        ("Head office", False, None),
        ("", False, None),
    ],
)
def test_a_footer_with_a_keyword_comes_before_the_bare_keyword(footer: str, allowed: bool, added: str | None):
    ending = ending_of(keywords=["Notice", "Alert"], footer=footer, append_keyword=allowed)
    assert (ending.text if ending else None) == added


def test_a_robot_without_keywords_adds_nothing():
    assert ending_of(keywords=[], footer=FOOTER, append_keyword=True) is None


@pytest.mark.parametrize(
    ("message", "ended"),
    [
        (Text("Drill"), Text("Drill\nNotice")),
        (Text("Notice: drill"), Text("Notice: drill")),
        (Text(" "), Text(" ")),
        (Markdown("Notice", "Drill"), Markdown("Notice", "Drill\n\nNotice")),
        (ActionCard("t", "Drill\n"), ActionCard("t", "Drill\n\nNotice")),
        (Link("t", "Drill", "https://a.example"), Link("t", "Drill Notice", "https://a.example")),
        (Link("Notice", "Drill", "https://a.example"), Link("Notice", "Drill", "https://a.example")),
        (FeedCard((FeedLink("t", "u", "p"),)), FeedCard((FeedLink("t", "u", "p"),))),
    ],
)
def test_each_type_has_its_place_for_it(message: Message, ended: Message):
    ending = ending_of(keywords=["Notice"], footer="", append_keyword=True)
    assert with_ending(message, ending, at=NOBODY) == ended


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3), WORDS, st.booleans())
def test_it_is_added_once_and_only_where_it_is_missing(text: str, keywords: list[str], footer: str, allowed: bool):
    ending = ending_of(keywords=keywords, footer=footer, append_keyword=allowed)
    message = Text(text)
    ended = with_ending(message, ending, at=NOBODY)
    assert with_ending(ended, ending, at=NOBODY) == ended
    if has_keyword(message, keywords) or ending is None:
        assert ended == message
    else:
        assert has_keyword(ended, keywords)


# --- checked, frozen, sent --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_only_the_groups_that_need_it_get_it_and_the_check_says_so():
    robots = [
        make_robot("a", keywords=["Notice"], footer=FOOTER),
        make_robot("b", keywords=["Drill"], footer="Drill!"),
        make_robot("c", keywords=["Alert"], append_keyword=True),
        make_robot("d"),
    ]
    found = check(Text("Drill at three."), *robots)
    assert found.blockers == ()
    assert [(note.robot.name, note.text) for note in found.notes if note.robot] == [
        (
            "a",
            "This group's robot asks for a keyword, and the text has none."
            f" Its footer is added at the end: “{FOOTER}”.",
        ),
        ("c", "This group's robot asks for a keyword, and the text has none. “Alert” is added at its end."),
    ]
    assert fired(Text("Drill at three."), *robots) == {
        "a": f"Drill at three.\n{FOOTER}",
        "b": "Drill at three.",
        "c": "Drill at three.\nAlert",
        "d": "Drill at three.",
    }
    assert Body.objects.count() == 3


@pytest.mark.django_db
def test_a_message_that_has_its_keywords_keeps_its_one_body():
    fired(Text("Drill at three."), make_robot(keywords=["Drill"], footer="Drill!"), make_robot())
    assert not Broadcast.objects.get().tailored
    assert Body.objects.count() == 1


@pytest.mark.django_db
def test_mentions_stand_after_what_is_added():
    robot = make_robot("a", keywords=["Notice"], append_keyword=True)
    assert fired(Text("Drill"), robot, at=At(mobiles=("13800001234",))) == {"a": "Drill\nNotice\n@13800001234"}


@pytest.mark.django_db
def test_a_keyword_out_of_a_variable_counts():
    robots = [
        make_robot(name, keywords=["Notice"], footer=FOOTER, variables={"kind": kind})
        for name, kind in (("a", "Notice"), ("b", "Drill"))
    ]
    assert fired(Text("{{ kind }}"), *robots) == {"a": "Notice", "b": f"Drill\n{FOOTER}"}


@pytest.mark.django_db
def test_what_was_frozen_is_added_whatever_is_changed_after_it():
    robot = make_robot("a", keywords=["Notice"], footer=FOOTER)
    broadcast = launch(
        message=Text("Drill"),
        at=NOBODY,
        robots=[robot],
        name="",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone="Asia/Shanghai",
    )
    assert Target.objects.get().ending == {"keywords": ["Notice"], "text": FOOTER}
    Robot.objects.update(footer="Notice!", keywords=[])
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    assert FOOTER in Body.objects.get().text


@pytest.mark.django_db
def test_what_makes_the_message_too_long_is_a_blocker():
    room = MAX_BODY_BYTES - size_with_uuid(b'{"msgtype":"text","text":{"content":""}}')
    robots = [make_robot("a", keywords=["Notice"], append_keyword=True), make_robot("b")]
    fits = check(Text("x" * (room - len("\\nNotice"))), *robots)
    assert fits.blockers == ()
    found = check(Text("x" * (room - len("\\nNotice") + 1)), *robots)
    assert [(finding.robot and finding.robot.name, finding.code) for finding in found.blockers] == [("a", "too_long")]


@pytest.mark.django_db
def test_a_footer_that_brings_no_keyword_does_not_help():
    found = check(Text("Drill"), make_robot("a", keywords=["Notice"], footer="Head office"))
    assert [finding.code for finding in found.blockers] == ["keyword_missing"]


# --- pages ------------------------------------------------------------------------------------------------------------
def saved(
    *robots: Robot,
    msgtype: str = "text",
    content: dict[str, object] | None = None,
    overrides: Sequence[dict[str, object]] = (),
) -> Draft:
    snapshot = Snapshot(
        "Drill",
        msgtype,
        content or {"content": "Drill at three."},
        robots=[robot.pk for robot in robots],
        overrides=list(overrides),
    )
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=LI)


@pytest.mark.django_db
def test_the_preview_shows_what_is_added(english):
    robot = make_robot("a", group_name="Shop A", keywords=["Notice"], footer=FOOTER)
    form = {"msgtype": "text", "text": "Drill", "robots": robot.pk}
    text = text_of(english.post("/drafts/preview/", form, headers={"HX-Request": "true"}))
    assert f"Drill {FOOTER} " in text
    assert "In “Shop A”: This group's robot asks for a keyword, and the text has none. Its footer is added" in text


@pytest.mark.django_db
def test_the_preview_tells_that_a_keyword_is_missing(english):
    robot = make_robot("a", group_name="Shop A", keywords=["Notice"])
    form = {"msgtype": "text", "text": "Drill", "robots": robot.pk}
    text = text_of(english.post("/drafts/preview/", form, headers={"HX-Request": "true"}))
    assert "In “Shop A”: This group's robot only accepts messages that contain Notice." in text


@pytest.mark.django_db
def test_a_missing_keyword_is_put_into_the_text_by_one_press(english):
    draft = saved(make_robot("a", keywords=["Notice"]), make_robot("b"))
    page = english.get(url_of(draft))
    assert "Add “Notice” to the text" in text_of(page)
    answer = english.post(url_of(draft, "add-keyword/"), page_form(page, keyword="Notice"))
    assert "Saved as version 2." in text_of(answer)
    assert "only accepts messages" not in text_of(answer)
    draft.refresh_from_db()
    assert draft.content == {"content": "Drill at three.\nNotice"}
    english.post(url_of(draft), page_form(answer))
    assert Broadcast.objects.get().draft_version == 2


@pytest.mark.django_db
def test_a_feed_gets_the_keyword_into_its_first_title(english):
    links = [{"title": "One", "messageURL": "https://a.example", "picURL": "https://a.example/p"}]
    draft = saved(make_robot("a", keywords=["{{ x"]), msgtype="feedCard", content={"links": links})
    english.post(url_of(draft, "add-keyword/"), {"keyword": "{{ x"})
    draft.refresh_from_db()
    assert draft.content["links"][0]["title"] == 'One {{ "{{" }} x'
    assert "only accepts messages" not in text_of(english.get(url_of(draft)))


@pytest.mark.django_db
def test_own_words_get_the_keyword_where_their_groups_lack_it_and_other_words_stay(english):
    shop, office, depot = (make_robot(name, keywords=["Notice"]) for name in ("shop", "office", "depot"))
    own = [
        {"kind": "robot", "pk": shop.pk, "title": "", "text": "For the shop."},
        {"kind": "robot", "pk": office.pk, "title": "", "text": "Notice for the office."},
        {"kind": "robot", "pk": depot.pk, "title": "", "text": "Notice for the depot."},
    ]
    draft = saved(shop, office, depot, make_robot("free"), overrides=own)
    page = english.get(url_of(draft))
    answer = english.post(url_of(draft, "add-keyword/"), page_form(page, keyword="Notice"))
    assert "only accepts messages" not in text_of(answer)
    draft.refresh_from_db()
    assert draft.content == {"content": "Drill at three."}  # nobody who reads it asks for the keyword
    assert [each["text"] for each in draft.overrides] == [
        "For the shop.\nNotice",
        "Notice for the office.",
        "Notice for the depot.",
    ]


@pytest.mark.django_db
def test_the_words_for_all_get_it_too_where_a_group_reads_them_under_a_title_of_its_own(english):
    titled, plain, own = (make_robot(name, keywords=["Notice"]) for name in "abc")
    overrides = [
        {"kind": "robot", "pk": titled.pk, "title": "Its own title", "text": ""},
        {"kind": "robot", "pk": own.pk, "title": "", "text": "Words of its own."},
    ]
    content = {"title": "Drill", "text": "Drill at three."}
    draft = saved(titled, plain, own, msgtype="markdown", content=content, overrides=overrides)
    english.post(url_of(draft, "add-keyword/"), {"keyword": "Notice"})
    draft.refresh_from_db()
    assert draft.content["text"] == "Drill at three.\n\nNotice"
    assert [(each["title"], each["text"]) for each in draft.overrides] == [
        ("Its own title", ""),
        ("", "Words of its own.\n\nNotice"),
    ]
    assert "only accepts messages" not in text_of(english.get(url_of(draft)))


@pytest.mark.django_db
def test_a_second_press_adds_nothing(english):
    draft = saved(make_robot("a", keywords=["Notice"]))
    for _press in range(2):
        english.post(url_of(draft, "add-keyword/"), {"keyword": "Notice"})
    draft.refresh_from_db()
    assert (draft.content, draft.version) == ({"content": "Drill at three.\nNotice"}, 2)


@pytest.mark.django_db
def test_only_a_keyword_of_the_audience_is_put_in(english):
    draft = saved(make_robot("a", keywords=["Notice"]))
    assert english.post(url_of(draft, "add-keyword/"), {"keyword": "Other"}).status_code == 404


@pytest.mark.django_db
def test_robots_are_allowed_to_add_their_keyword_by_one_press(english):
    robots = [make_robot(name, keywords=["Notice"]) for name in "ab"]
    draft = saved(*robots)
    page = english.get(url_of(draft))
    assert "Add “Notice” in these 2 groups, now and later" in text_of(page)
    allowed = ",".join(str(robot.pk) for robot in robots)
    text = text_of(english.post(url_of(draft, "allow-keyword/"), page_form(page, allow=allowed)))
    assert "only accepts messages" not in text
    assert "What is added for some groups" in text
    assert set(Robot.objects.values_list("append_keyword", flat=True)) == {True}
    assert Entry.objects.filter(action="robot.updated").count() == 2


@pytest.mark.django_db
def test_a_footer_is_written_on_the_robot_s_page_and_has_to_help(english):
    robot = make_robot("a", keywords=["Notice"])
    form = {"name": "a", "organisation": robot.organisation_id, "keywords": "Notice", "footer": "Head office"}
    refused = text_of(english.post(f"/robots/{robot.pk}/edit/", form))
    assert "The footer has none of the robot's keywords" in refused
    english.post(f"/robots/{robot.pk}/edit/", {**form, "footer": FOOTER})
    robot.refresh_from_db()
    assert (robot.footer, robot.append_keyword) == (FOOTER, False)
    assert FOOTER in text_of(english.get(f"/robots/{robot.pk}/"))
    english.post(f"/robots/{robot.pk}/edit/", {**form, "append_keyword": "on"})
    robot.refresh_from_db()
    assert (robot.footer, robot.append_keyword) == ("Head office", True)
