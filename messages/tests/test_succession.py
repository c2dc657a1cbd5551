"""A leaver is replaced by a successor in lists, drafts and planned broadcasts in one act, and back again."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import NOBODY, ActionCard, At, Text
from messages.engine.firing import fire
from messages.models import Broadcast, Delivery, Draft, Succession, Target
from messages.rendering.mentioning import GroupRules, Person
from messages.services.drafts import save_draft
from messages.services.launch import launch
from messages.services.snapshots import Snapshot
from messages.services.succession.acts import NotTheNewest, succeed, undo
from messages.services.succession.places import exchange_of, places_of
from messages.services.succession.words import Exchange
from robots.models import Recipient
from tests.factories import make_list, make_recipient, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def leaver() -> Recipient:
    return make_recipient("Li Wei", mobile="13800000001", user_id="liwei")


@pytest.fixture
def successor() -> Recipient:
    return make_recipient("Zhao Min", mobile="13800000002")


def saved(text: str, *people: Recipient, overrides=()) -> Draft:
    ids = [person.pk for person in people]
    snapshot = Snapshot("d", "text", {"content": text}, mention_recipients=ids, overrides=list(overrides))
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=LI)


def planned(message, *robots, at=NOBODY, hours: int = 1, **options) -> Broadcast:
    order = {"name": "", "by": LI, "launch_key": uuid.uuid4(), "zone": "Asia/Shanghai", **options}
    return launch(message=message, at=at, robots=robots, planned_at=timezone.now() + timedelta(hours=hours), **order)


def fired(broadcast: Broadcast) -> list[dict[str, object]]:
    broadcast.refresh_from_db()
    fire(broadcast.pk, now=broadcast.next_at)
    deliveries = Delivery.objects.select_related("body").filter(run__broadcast=broadcast).order_by("pk")
    return [json.loads(delivery.body.text) for delivery in deliveries]


def test_lists_drafts_and_planned_broadcasts_change_in_one_act(leaver: Recipient, successor: Recipient) -> None:
    board, both = make_list("Board", [leaver]), make_list("Both", [leaver, successor])
    robot = make_robot()
    ticked = saved("Drill", leaver)
    placed = saved("Ask @[Li Wei]", overrides=[{"kind": "robot", "pk": robot.pk, "title": "", "text": "@[Li Wei]!"}])
    untouched = saved("Ask @[Li Weiming]")
    broadcast = planned(Text("Ask @[Li Wei]"), robot, at=At(mobiles=("13800000001",)))

    succession = succeed(leaver, successor, by=LI)

    assert [list(one.members.all()) for one in (board, both)] == [[successor], [successor]]
    for draft in (ticked, placed, untouched):
        draft.refresh_from_db()
    assert list(ticked.mention_recipients.all()) == [successor]
    assert (placed.content, placed.overrides[0]["text"]) == ({"content": "Ask @[Zhao Min]"}, "@[Zhao Min]!")
    assert (ticked.version, placed.version, untouched.version) == (2, 2, 1)
    (body,) = fired(broadcast)
    assert body["text"]["content"] == "Ask @13800000002"
    assert body["at"]["atMobiles"] == ["13800000002"]
    counts = {kind: len(done) for kind, done in succession.changed.items()}
    assert counts == {"lists": 2, "drafts": 2, "broadcasts": 1}
    entry = Entry.objects.get(action="recipient.succeeded")
    assert entry.detail == {"successor": "Zhao Min", **counts}
    assert Entry.objects.filter(action="broadcast.mentions_changed").count() == 1
    assert Entry.objects.filter(action="recipient_list.updated").count() == 2
    assert "1380000000" not in json.dumps(list(Entry.objects.values_list("detail", flat=True)))


def test_it_is_undone_as_it_was(leaver: Recipient, successor: Recipient) -> None:
    board, both = make_list("Board", [leaver]), make_list("Both", [leaver, successor])
    draft = saved("@[Li Wei]", leaver)
    outside, inside = make_robot(external=True), make_robot()
    broadcast = planned(Text("@[Li Wei] {{ group }}"), inside, outside)
    before = _state(broadcast)
    succession = succeed(leaver, successor, by=LI)
    assert _state(broadcast) != before

    assert undo(succession, by=LI) == 0

    assert _state(broadcast) == before
    assert [set(one.members.all()) for one in (board, both)] == [{leaver}, {leaver, successor}]
    draft.refresh_from_db()
    assert (draft.content, list(draft.mention_recipients.all())) == ({"content": "@[Li Wei]"}, [leaver])
    assert undo(succession, by=LI) == 0
    assert Entry.objects.filter(action="recipient.succession_undone").count() == 1


def test_what_was_edited_or_fired_since_stays_and_is_counted(leaver: Recipient, successor: Recipient) -> None:
    draft, broadcast = saved("Drill", leaver), planned(Text("@[Li Wei]"), make_robot())
    succession = succeed(leaver, successor, by=LI)
    draft.refresh_from_db()
    edited = Snapshot("d", "text", {"content": "Drill at three"}, mention_recipients=[successor.pk])
    save_draft(draft=draft, snapshot=edited, based_on=2, by=LI)
    fired(broadcast)
    assert undo(succession, by=LI) == 2
    draft.refresh_from_db()
    assert draft.content == {"content": "Drill at three"}


def test_the_newest_succession_is_undone_first(leaver: Recipient, successor: Recipient) -> None:
    first = succeed(leaver, successor, by=LI)
    second = succeed(successor, leaver, by=LI)
    with pytest.raises(NotTheNewest):
        undo(first, by=LI)
    undo(second, by=LI)
    undo(first, by=LI)
    assert not Succession.objects.filter(undone_at=None).exists()


def test_what_has_fired_goes_out_as_it_was_launched(leaver: Recipient, successor: Recipient) -> None:
    broadcast = planned(Text("@[Li Wei]"), make_robot())
    (body,) = fired(broadcast)
    assert body["text"]["content"] == "@13800000001"
    assert succeed(leaver, successor, by=LI).changed["broadcasts"] == []


def test_a_successor_who_is_mentioned_already_is_mentioned_once(leaver: Recipient, successor: Recipient) -> None:
    broadcast = planned(Text("@[Li Wei] and @[Zhao Min]"), make_robot())
    succeed(leaver, successor, by=LI)
    (body,) = fired(broadcast)
    assert body["text"]["content"] == "Zhao Min and @13800000002"
    assert body["at"]["atMobiles"] == ["13800000002"]


def test_a_successor_without_a_mobile_is_a_name_in_external_groups(leaver: Recipient) -> None:
    successor = make_recipient("Zhao Min", user_id="zhao")
    inside, outside = make_robot("inside"), make_robot("outside", external=True)
    broadcast = planned(Text("Drill"), inside, outside, at=At(mobiles=("13800000001", "13900000009")))
    succeed(leaver, successor, by=LI)
    one, other = fired(broadcast)
    assert one["at"] == {"atMobiles": ["13900000009"], "atUserIds": ["zhao"], "isAtAll": False}
    assert one["text"]["content"] == "Drill\n@13900000009 @zhao"
    assert other["at"] == {"atMobiles": ["13900000009"], "isAtAll": False}
    assert other["text"]["content"] == "Drill\n@13900000009"


def test_a_mark_typed_by_hand_is_exchanged_too(leaver: Recipient, successor: Recipient) -> None:
    draft = saved("Call @13800000001.", leaver)
    broadcast = planned(Text("Call @13800000001."), make_robot(), at=At(mobiles=("13800000001",)))
    succeed(leaver, successor, by=LI)
    draft.refresh_from_db()
    assert draft.content == {"content": "Call @[Zhao Min]."}
    assert fired(broadcast)[0]["text"]["content"] == "Call @13800000002."


def test_cards_keep_their_user_ids(leaver: Recipient) -> None:
    successor = make_recipient("Zhao Min", mobile="13800000002", user_id="zhao")
    card = ActionCard("t", "@[Li Wei]", "Open", "https://example.com")
    broadcast = planned(card, make_robot())
    succeed(leaver, successor, by=LI)
    (body,) = fired(broadcast)
    assert (body["actionCard"]["text"], body["at"]["atUserIds"]) == ("@zhao", ["zhao"])


def test_names_that_are_not_clear_are_told_by_their_numbers(leaver: Recipient) -> None:
    make_recipient("Zhao Min")
    successor = make_recipient("Zhao Min", mobile="13800000002")
    draft = saved("@[Li Wei]")
    succeed(leaver, successor, by=LI)
    draft.refresh_from_db()
    assert draft.content == {"content": f"@[Zhao Min#{successor.pk}]"}


def test_the_count_comes_before_the_act_and_changes_nothing(leaver: Recipient, successor: Recipient) -> None:
    make_list("Board", [leaver])
    saved("@[Li Wei]")
    planned(Text("Drill"), make_robot(), at=At(mobiles=("13800000001",)))
    for other in (leaver, successor):
        places = places_of(exchange_of(leaver, other))
        assert (len(places.lists), len(places.drafts), len(places.broadcasts)) == (1, 1, 1)
    assert Draft.objects.get().version == 1


def test_looking_for_places_takes_as_many_queries_for_many(
    leaver: Recipient, successor: Recipient, django_assert_num_queries
) -> None:
    for _number in range(10):
        make_list(members=[leaver])
        saved("Drill", leaver)
        planned(Text("Drill"), make_robot(), at=At(mobiles=("13800000001",)))
    exchange = exchange_of(leaver, successor)
    with django_assert_num_queries(4):  # lists, drafts, whom these mention, broadcasts
        assert places_of(exchange).total == 30


def test_a_person_chooses_sees_the_count_acts_and_takes_it_back(
    staff_client: Client, leaver: Recipient, successor: Recipient
) -> None:
    make_list("Board", [leaver])
    saved("Drill", leaver)
    url = f"/robots/recipients/{leaver.pk}/successor/"
    page = staff_client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Recipient lists (1)" in page
    assert "Planned broadcasts (0)" in page
    assert "Zhao Min" in staff_client.get(f"{url}?q=Zhao").content.decode()
    page = staff_client.get(f"{url}?successor={successor.pk}", headers={"accept-language": "en"}).content.decode()
    assert "Zhao Min instead of Li Wei" in page
    assert "13800000002" not in page
    answer = staff_client.post(url, {"successor": successor.pk}, follow=True, headers={"accept-language": "en"})
    assert "Zhao Min has taken the place of Li Wei." in answer.content.decode()
    assert Draft.objects.get().version == 2
    answer = staff_client.post(f"{url}undo/", follow=True, headers={"accept-language": "en"})
    assert "Taken back." in answer.content.decode()
    assert list(Draft.objects.get().mention_recipients.all()) == [leaver]


def test_without_a_successor_nothing_is_done(staff_client: Client, leaver: Recipient) -> None:
    url = f"/robots/recipients/{leaver.pk}/successor/"
    for chosen in ("", "0", str(leaver.pk), "x"):
        answer = staff_client.post(url, {"successor": chosen}, follow=True, headers={"accept-language": "en"})
        assert "Choose the successor first." in answer.content.decode()
    assert staff_client.post(f"{url}undo/").status_code == 404
    assert not Succession.objects.exists()


OLD = Person("Li", "13800000001", "li", 1)
NEW = st.sampled_from([Person("Zhao", "13800000002", "", 2), Person("Zhao", "", "zhao", 2)])
MARKS = st.lists(st.sampled_from(["13800000001", "13800000002", "13800000003"]), unique=True, max_size=3)
IDS = st.lists(st.sampled_from(["li", "zhao", "an"]), unique=True, max_size=3)


@given(MARKS, IDS, NEW, st.booleans(), st.booleans())
def test_an_exchange_leaves_nobody_twice_and_the_old_one_nowhere(mobiles, ids, new, external, card):
    exchange = Exchange(OLD, new, old_named=True, new_named=True)
    at = exchange.at(At(tuple(mobiles), tuple(ids)), GroupRules(external=external, by_user_id=card))
    everybody = [*at.mobiles, *at.user_ids]
    assert len(everybody) == len(set(everybody))
    assert not {"13800000001", "li"} & set(everybody)
    assert {"13800000003", "an"} & {*mobiles, *ids} == {"13800000003", "an"} & set(everybody)


FROZEN = st.permutations(["13800000001", "zhao", "13800000002", "13800000003", "an"]).flatmap(
    lambda marks: st.lists(st.integers(0, 3), min_size=5, max_size=5).map(
        lambda chips: [[mark for mark, chip in zip(marks, chips, strict=True) if chip == number] for number in range(3)]
    )
)


@given(FROZEN, NEW, st.booleans())
def test_what_stands_for_chips_mentions_nobody_twice_after_an_exchange(chips, new, external):
    """As a launch froze it: each mark in one of the chips, a name where there is none."""
    values = {f"@[{number}]": " ".join(f"@{mark}" for mark in marks) or "Li" for number, marks in enumerate(chips)}
    exchange = Exchange(OLD, new, old_named=True, new_named=True)
    changed = exchange.values({**values, "group": "@13800000001"}, GroupRules(external=external).mark_of(new))
    assert changed.pop("group") == "@13800000001", "what a robot says of itself is nobody's mention"
    marks = [piece for value in changed.values() for piece in value.split(" ") if piece.startswith("@")]
    assert len(marks) == len(set(marks))
    assert "@13800000001" not in marks
    assert {"@13800000003", "@an"} & {*" ".join(values.values()).split(" ")} <= set(marks)


def _state(broadcast: Broadcast) -> list[object]:
    broadcast.refresh_from_db()
    targets = Target.objects.filter(broadcast=broadcast).order_by("pk").values_list("variables", "mentions")
    return [broadcast.at_mobiles, broadcast.at_user_ids, broadcast.content, broadcast.tailored, list(targets)]
