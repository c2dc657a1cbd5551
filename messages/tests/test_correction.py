"""A correction goes to exactly those who got what was wrong, once, and both broadcasts name each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from audit.models import Entry
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, DeliveryStatus, Draft
from messages.reasons import RESENT
from messages.services.correction import NothingToCorrect, correct
from messages.services.drafts import copy_draft, restore_version, save_draft
from messages.services.snapshots import Snapshot
from messages.tests.draft_parts import WANG, launched
from robots.models import Robot
from tests.factories import (
    make_broadcast,
    make_delivery,
    make_recipient,
    make_robot,
    make_run,
    make_tag,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def sent(states: dict[str, str], **fields: object) -> tuple[Broadcast, dict[str, Robot]]:
    """A broadcast that has ended, with a group for each state."""
    robots = {name: make_robot(name) for name in states}
    broadcast = make_broadcast(robots=list(robots.values()), status=BroadcastStatus.FIRED, **fields)
    run = make_run(broadcast)
    for name, status in states.items():
        make_delivery(robots[name], run=run, status=status)
    return broadcast, robots


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def names_of(draft: Draft) -> list[str]:
    return list(draft.robots.order_by("name").values_list("name", flat=True))


def press(client: Client, broadcast: Broadcast) -> str:
    answer = client.post(reverse("broadcasts:broadcast_correction", args=[broadcast.pk]), follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_goes_to_those_who_got_it_or_may_have_got_it(english: Client) -> None:
    broadcast, _robots = sent(
        {
            "got it": DeliveryStatus.DELIVERED,
            "may have": DeliveryStatus.UNCERTAIN,
            "refused": DeliveryStatus.FAILED,
            "too late": DeliveryStatus.EXPIRED,
        }
    )
    unknown = make_robot("sent again, unknown before")
    make_delivery(unknown, run=broadcast.runs.get(), status=DeliveryStatus.FAILED, reason=RESENT)
    text = press(english, broadcast)
    assert "This correction goes to the 3 groups that got “Fire drill”." in text
    draft = Draft.objects.get()
    assert names_of(draft) == ["got it", "may have", "sent again, unknown before"]
    assert (draft.corrects, draft.all_robots, draft.tags.count()) == (broadcast, False, 0)
    assert draft.content == {"content": "Correction: Drill at three."}
    assert draft.name == "Correction: Fire drill"
    entry = Entry.objects.get(action="broadcast.corrected")
    assert (entry.actor_name, entry.detail) == ("admin", {"draft": draft.pk, "groups": 3})


def test_a_group_that_got_it_when_it_was_sent_again_is_among_them() -> None:
    broadcast, robots = sent({"at once": DeliveryStatus.DELIVERED, "later": DeliveryStatus.FAILED})
    again = make_run(broadcast, planned_at=broadcast.planned_at.replace(microsecond=1))
    make_delivery(robots["later"], run=again, status=DeliveryStatus.DELIVERED)
    assert names_of(correct(broadcast=broadcast, by=WANG)) == ["at once", "later"]


def test_pressed_twice_it_is_one_draft_and_after_its_launch_there_may_be_another(english: Client) -> None:
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED})
    press(english, broadcast)
    press(english, broadcast)
    draft = Draft.objects.get()
    launched(draft)
    other = correct(broadcast=broadcast, by=WANG)
    assert other.pk != draft.pk


def test_both_broadcasts_name_each_other(english: Client) -> None:
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED})
    draft = correct(broadcast=broadcast, by=WANG)
    page = text_of(english, f"/broadcasts/{broadcast.pk}/")
    assert f'<a href="/drafts/{draft.pk}/">Correction: Fire drill</a>' in page
    assert "a draft, not sent yet" in page

    later = launched(draft)
    assert later.corrects == broadcast
    assert [target.robot_name for target in later.targets.all()] == ["ops"]
    page = text_of(english, f"/broadcasts/{broadcast.pk}/")
    assert f'Corrected by</dt> <dd> <ul class="plain"> <li><a href="/broadcasts/{later.pk}/">' in page
    assert "a draft, not sent yet" not in page
    page = text_of(english, f"/broadcasts/{later.pk}/")
    assert f'Corrects</dt> <dd><a href="/broadcasts/{broadcast.pk}/">Fire drill</a>' in page
    assert Entry.objects.get(action="broadcast.launched").detail["corrects"] == broadcast.pk


def test_its_audience_stays_as_it_is_whatever_is_saved(english: Client) -> None:
    broadcast, robots = sent({"ops": DeliveryStatus.DELIVERED})
    other, tag = make_robot("other"), make_tag()
    draft = correct(broadcast=broadcast, by=WANG)
    page = text_of(english, f"/drafts/{draft.pk}/")
    assert f'<input type="hidden" name="robots" value="{robots["ops"].pk}">' in page
    assert 'name="all_robots"' not in page

    form = {"name": "x", "msgtype": "text", "text": "At four.", "draft": draft.pk, "based_on": draft.version}
    english.post(f"/drafts/{draft.pk}/", {**form, "all_robots": "1", "robots": [other.pk], "tags": [tag.pk]})
    draft.refresh_from_db()
    assert (draft.version, draft.content) == (2, {"content": "At four."})
    assert (names_of(draft), draft.all_robots, draft.tags.count()) == (["ops"], False, 0)

    restore_version(version=draft.versions.get(number=1), based_on=2, by=WANG)
    assert names_of(draft) == ["ops"]


def test_a_copy_of_it_is_a_draft_like_any_other() -> None:
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED})
    copied = copy_draft(draft=correct(broadcast=broadcast, by=WANG), by=WANG)
    assert copied.corrects is None


@pytest.mark.parametrize(
    ("msgtype", "content", "marked"),
    [
        pytest.param(
            "markdown",
            {"title": "Drill", "text": "# At three"},
            {"title": "Correction: Drill", "text": "**Correction**\n\n# At three"},
            id="markdown, whose title no group reads",
        ),
        pytest.param(
            "link",
            {"title": "Drill", "text": "At three", "messageUrl": "https://example.com/"},
            {"title": "Correction: Drill", "text": "At three", "messageUrl": "https://example.com/"},
            id="link",
        ),
        pytest.param(
            "feedCard",
            {"links": [{"title": "A", "messageURL": "https://a", "picURL": "https://a"}] * 2},
            {
                "links": [
                    {"title": "Correction: A", "messageURL": "https://a", "picURL": "https://a"},
                    {"title": "A", "messageURL": "https://a", "picURL": "https://a"},
                ]
            },
            id="feed card",
        ),
        pytest.param("text", {"content": "Correction: x"}, {"content": "Correction: x"}, id="marked once"),
    ],
)
def test_what_is_read_first_says_that_it_is_a_correction(msgtype: str, content: dict, marked: dict) -> None:
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED}, msgtype=msgtype, content=content)
    assert correct(broadcast=broadcast, by=WANG).content == marked


def test_mentions_and_own_words_are_those_of_the_version_that_was_launched() -> None:
    ops, person = make_robot("ops"), make_recipient()
    own = [{"kind": "robot", "pk": ops.pk, "title": "", "text": "Yours at four."}]
    first = Snapshot(
        name="Drill",
        msgtype="text",
        content={"content": "At three."},
        mention_recipients=(person.pk,),
        robots=(ops.pk,),
        overrides=own,
    )
    origin = save_draft(draft=None, snapshot=first, based_on=None, by=WANG)
    broadcast = make_broadcast(robots=[ops], status=BroadcastStatus.FIRED, draft=origin, draft_version=1)
    make_delivery(ops, run=make_run(broadcast), status=DeliveryStatus.DELIVERED)
    draft = correct(broadcast=broadcast, by=WANG)
    assert [*draft.mention_recipients.all()] == [person]
    assert draft.overrides == [{**own[0], "text": "Correction: Yours at four."}]


def test_without_a_draft_the_mentions_are_found_by_their_numbers() -> None:
    person = make_recipient(mobile="13800001234")
    make_recipient(user_id="zhang")
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED}, at_mobiles=["13800001234", "13900009999"])
    assert [*correct(broadcast=broadcast, by=WANG).mention_recipients.all()] == [person]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        pytest.param(DeliveryStatus.WAITING, "This broadcast still goes out.", id="waiting"),
        pytest.param(DeliveryStatus.SENDING, "This broadcast still goes out.", id="on its way"),
        pytest.param(DeliveryStatus.FAILED, "there is nobody to correct it for", id="nobody got it"),
    ],
)
def test_there_is_nothing_to_correct_while_it_goes_out_or_where_nobody_got_it(
    english: Client, status: str, told: str
) -> None:
    broadcast, _robots = sent({"ops": status})
    assert told in press(english, broadcast)
    assert "Send a correction" not in text_of(english, f"/broadcasts/{broadcast.pk}/")
    assert not Draft.objects.exists()


def test_a_robot_that_is_gone_is_left_out_and_alone_leaves_nothing() -> None:
    broadcast, robots = sent({"gone": DeliveryStatus.DELIVERED})
    robots["gone"].delete()
    with pytest.raises(NothingToCorrect):
        correct(broadcast=broadcast, by=WANG)


def test_a_test_is_not_corrected() -> None:
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED}, kind=BroadcastKind.TEST)
    with pytest.raises(NothingToCorrect):
        correct(broadcast=broadcast, by=WANG)


def test_strangers_sign_in_who_may_not_is_refused_and_opening_begins_nothing(
    stranger: Client, powerless_client: Client, english: Client
) -> None:
    broadcast, _robots = sent({"ops": DeliveryStatus.DELIVERED})
    path = reverse("broadcasts:broadcast_correction", args=[broadcast.pk])
    assert stranger.post(path).status_code == 302
    assert powerless_client.post(path).status_code == 403
    assert english.get(path).status_code == 405
    assert 'id="correct"' in text_of(english, f"/broadcasts/{broadcast.pk}/")
    assert not Draft.objects.exists()
