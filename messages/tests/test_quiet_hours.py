"""Quiet hours of organisations and tags, as deliveries meet them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from audit.models import Entry
from messages.engine.claims import claim_due
from messages.engine.firing import fire_due
from messages.engine.giving_up import GivingUp
from messages.engine.queue import anything_due
from messages.history.waiting import Wait, why_waiting
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Delivery, DeliveryStatus
from messages.tests.draft_parts import saved, text_of
from messages.tests.engine_parts import make_rules
from robots.models import Organisation, Robot, Tag
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run, make_tag

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 26, 7, 0, tzinfo=SHANGHAI)
QUIET = {"quiet_from": time(22), "quiet_until": time(7)}


@pytest.fixture(autouse=True)
def _at_night():
    with time_machine.travel(NIGHT, tick=False):
        yield


@pytest.fixture
def sleeper() -> Robot:
    return make_robot("Sleeper", organisation=make_organisation(**QUIET))


def fired(*robots: Robot, **fields) -> Broadcast:
    broadcast = make_broadcast(robots=robots, planned_at=timezone.now(), **fields)
    assert fire_due(timezone.now()) == 1
    return broadcast


def claimed(now: datetime) -> list[int]:
    return [each.robot_id for each in claim_due(limit=10, now=now, rules=make_rules()).taken]


# --- what fires in quiet hours ----------------------------------------------------------------------------------------
def test_it_is_held_until_they_end_says_so_and_then_goes_out(sleeper):
    awake = make_robot("Awake")
    fired(sleeper, awake)
    held = Delivery.objects.get(robot=sleeper)
    assert (held.status, held.due_at, held.reason) == (DeliveryStatus.WAITING, MORNING, "quiet_hours")
    assert why_waiting(held, now=NIGHT, engine=None) == Wait("quiet_hours", MORNING)
    assert claimed(NIGHT) == [awake.pk]
    assert not anything_due(MORNING - timedelta(seconds=1), simulator=True)
    with time_machine.travel(MORNING, tick=False):
        assert claimed(MORNING) == [sleeper.pk]


def test_it_is_skipped_where_they_say_so_and_can_be_sent_again(sleeper):
    Organisation.objects.update(quiet_mode="skip")
    fired(sleeper)
    skipped = Delivery.objects.get()
    assert (skipped.status, skipped.reason, skipped.ended_at) == (DeliveryStatus.EXPIRED, "quiet_hours", NIGHT)


def test_a_tag_has_its_own_and_the_strictest_holds(sleeper):
    Tag.objects.create(name="nights off", quiet_from=time(23), quiet_until=time(9))
    sleeper.tags.set(Tag.objects.all())
    fired(sleeper)
    assert Delivery.objects.get().due_at == MORNING + timedelta(hours=2)


def test_what_is_urgent_passes_and_that_is_on_record(sleeper):
    fired(sleeper, make_robot(), urgent=True)
    assert set(claimed(NIGHT)) == set(Robot.objects.values_list("pk", flat=True))
    entry = Entry.objects.get(action="broadcast.passed_quiet_hours")
    assert (entry.actor_name, entry.detail) == ("system", {"groups": 1})


def test_what_is_urgent_does_not_stand_behind_what_is_held(sleeper):
    fired(sleeper)
    urgent = fired(sleeper, urgent=True)
    assert claimed(NIGHT) == [sleeper.pk]
    assert Delivery.objects.get(status=DeliveryStatus.SENDING).run.broadcast == urgent


def test_a_test_passes(sleeper):
    fired(sleeper, kind=BroadcastKind.TEST)
    assert claimed(NIGHT) == [sleeper.pk]
    assert not Entry.objects.exists()


def test_the_order_within_a_group_is_kept(sleeper):
    first, second = fired(sleeper), fired(sleeper, name="Second")
    assert claimed(NIGHT) == []
    with time_machine.travel(MORNING, tick=False):
        assert claimed(MORNING) == [sleeper.pk]
        assert Delivery.objects.get(status=DeliveryStatus.SENDING).run.broadcast == first
    assert Delivery.objects.get(status=DeliveryStatus.WAITING).run.broadcast == second


def test_a_use_that_ends_before_they_do_expires(sleeper):
    fired(sleeper, useful_until=NIGHT + timedelta(hours=1))
    over = NIGHT + timedelta(hours=1, seconds=1)
    with time_machine.travel(over, tick=False):
        GivingUp().give_up(over, simulator=True)
    expired = Delivery.objects.get()
    assert (expired.status, expired.reason) == (DeliveryStatus.EXPIRED, "expired")


# --- what was to go out before they began -----------------------------------------------------------------------------
def test_what_waited_until_they_began_is_held_at_its_claim_and_the_rest_along_with_it(sleeper):
    robots = [sleeper, *(make_robot(organisation=sleeper.organisation) for _number in range(4)), make_robot("Awake")]
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    for turn, robot in enumerate(robots):
        make_delivery(robot, run=run, turn=turn, due_at=NIGHT - timedelta(hours=3))
    claim_due(limit=2, now=NIGHT, rules=make_rules())
    held = Delivery.objects.filter(status=DeliveryStatus.WAITING, due_at=MORNING, reason="quiet_hours", claim=None)
    assert held.filter(calls=0).count() == 5
    assert claimed(NIGHT) == [robots[-1].pk]


def test_what_waited_is_skipped_openly_where_they_say_so(sleeper):
    Organisation.objects.update(quiet_mode="skip")
    delivery = make_delivery(sleeper, run=make_run(make_broadcast(status=BroadcastStatus.FIRED)))
    assert claimed(NIGHT) == []
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason, delivery.calls) == (DeliveryStatus.EXPIRED, "quiet_hours", 0)


def test_an_urgent_one_that_waited_passes(sleeper):
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED, urgent=True))
    make_delivery(sleeper, run=run)
    assert claimed(NIGHT) == [sleeper.pk]


def test_what_was_held_is_looked_at_again_when_its_time_comes(sleeper):
    fired(sleeper)
    Organisation.objects.update(quiet_until=time(8))
    with time_machine.travel(MORNING, tick=False):
        assert claimed(MORNING) == []
    assert Delivery.objects.get().due_at == MORNING + timedelta(hours=1)


def test_without_quiet_hours_a_claim_asks_for_them_once_a_second(django_assert_num_queries):
    rules = make_rules()
    with django_assert_num_queries(2):
        for milliseconds in range(0, 1000, 100):
            assert not rules.quiet.rules(NIGHT + timedelta(milliseconds=milliseconds)).tags
    with django_assert_num_queries(2):
        rules.quiet.rules(NIGHT + timedelta(seconds=1))


# --- before a launch --------------------------------------------------------------------------------------------------
def test_the_launch_page_and_the_dry_run_say_how_many_are_held_and_that_urgent_passes(english, sleeper):
    draft = saved(sleeper, make_robot(organisation=sleeper.organisation), make_robot())
    said = "2 groups are in quiet hours until 2026-11-26 07:00 (Asia/Shanghai): held until then."
    page = text_of(english.get(f"/drafts/{draft.pk}/launch/"))
    assert said in page
    assert 'name="urgent"' in page
    rehearsed = text_of(english.get(f"/drafts/{draft.pk}/dry-run/"))
    assert said in rehearsed
    assert 'Last message</dt><dd>about <time class="when" datetime="2026-11-26T07:00:00+08:00">' in rehearsed


def test_planned_for_another_time_of_the_day_nothing_is_said(english, sleeper):
    draft = saved(sleeper)
    hidden = english.get(f"/drafts/{draft.pk}/launch/").context["form"]
    typed = {"launch_key": hidden["launch_key"].value(), "when": "later", "date": "2026-11-26", "time": "10:00"}
    typed |= {"zone": "Asia/Shanghai", "policy": "ask"}
    assert "quiet hours" not in text_of(english.post(f"/drafts/{draft.pk}/launch/leave-out/", typed))


# --- setting them -----------------------------------------------------------------------------------------------------
FORM = {"quiet_from": "22:00", "quiet_until": "07:00", "quiet_zone": "", "quiet_mode": "hold"}


def test_they_are_set_on_the_pages_of_organisations_and_tags_and_on_record(english):
    organisation, tag = make_organisation("Shops"), make_tag("north")
    url = f"/robots/organisations/{organisation.pk}/edit/"
    english.post(url, {"name": "Shops", "edition": "standard", "monthly_quota": "3000", **FORM})
    english.post(f"/robots/tags/{tag.pk}/edit/", {"name": "north", **FORM, "quiet_mode": "skip"})
    organisation.refresh_from_db()
    tag.refresh_from_db()
    assert (organisation.quiet_span, organisation.quiet_mode) == ("22:00–07:00", "hold")
    assert (tag.quiet_span, tag.quiet_mode) == ("22:00–07:00", "skip")
    assert "22:00–07:00" in text_of(english.get(f"/robots/organisations/{organisation.pk}/"))
    assert {"organisation.updated", "tag.updated"} <= set(Entry.objects.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        pytest.param({"quiet_until": ""}, "quiet_until", "Say until when, too.", id="no end"),
        pytest.param({"quiet_from": ""}, "quiet_from", "Say from when, too.", id="no begin"),
        pytest.param({"quiet_until": "22:00"}, "quiet_until", "They would last the whole day.", id="all day"),
        pytest.param({"quiet_zone": "Mars/Base"}, "quiet_zone", "There is no such time zone.", id="no zone"),
        pytest.param({"quiet_from": "25:00"}, "quiet_from", "Enter a valid time.", id="no time"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(english, changes, field, error):
    tag = make_tag("north")
    page = english.post(f"/robots/tags/{tag.pk}/edit/", {"name": "north", **FORM, **changes})
    assert error in " ".join(page.context["form"].errors[field])
    assert error in text_of(page)
    tag.refresh_from_db()
    assert tag.quiet_from is None
