from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from messages.engine.claims import claim_due
from messages.engine.firing import fire_due
from messages.engine.recovery import retry_uncertain
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from messages.reasons import DECIDED_AGAIN
from messages.services.cancel import cancel_broadcast
from messages.services.pausing import CannotPause, CannotResume, pause_broadcast, resume_broadcast
from messages.tests.engine_parts import make_rules
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

LI, WANG = Actor(name="li"), Actor(name="wang")


def going_out(**fields: object) -> Broadcast:
    broadcast = make_broadcast(status=BroadcastStatus.FIRED, **fields)
    make_delivery(run=make_run(broadcast))
    return broadcast


def claimed_ids() -> set[int]:
    now = timezone.now() + timedelta(milliseconds=50)
    return {claimed.delivery_id for claimed in claim_due(limit=10, now=now, rules=make_rules()).taken}


# --- pausing ----------------------------------------------------------------------------------------------------------
def test_a_paused_broadcast_does_not_fire_and_fires_late_but_once_when_it_is_resumed():
    planned_at = timezone.now() - timedelta(minutes=72)
    broadcast = make_broadcast(robots=[make_robot()], planned_at=planned_at)
    assert pause_broadcast(broadcast, by=LI)
    assert fire_due(timezone.now()) == 0

    assert resume_broadcast(broadcast, by=WANG)
    assert fire_due(timezone.now()) == 1
    assert fire_due(timezone.now()) == 0
    run = Run.objects.get()
    assert run.planned_at == planned_at
    assert run.fired_at - run.planned_at >= timedelta(minutes=72)


def test_who_paused_it_and_when_stands_on_the_broadcast_and_in_the_log():
    broadcast = going_out()
    pause_broadcast(broadcast, by=LI)
    broadcast.refresh_from_db()
    assert broadcast.paused_at is not None
    assert broadcast.paused_by_name == "li"
    resume_broadcast(broadcast, by=WANG)
    broadcast.refresh_from_db()
    assert (broadcast.paused_at, broadcast.paused_by_name) == (None, "")
    entries = Entry.objects.order_by("number").values_list("action", "actor_name", "target_id")
    assert list(entries) == [
        ("broadcast.paused", "li", str(broadcast.pk)),
        ("broadcast.resumed", "wang", str(broadcast.pk)),
    ]
    assert Entry.objects.latest("number").detail == {"paused_for_seconds": 0}


def test_what_waits_stays_where_it_is_and_goes_on_from_there():
    delivery = make_delivery(run=make_run(make_broadcast(status=BroadcastStatus.FIRED)), turn=41)
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    pause_broadcast(delivery.run.broadcast, by=LI)
    assert claimed_ids() == set()
    resume_broadcast(delivery.run.broadcast, by=LI)
    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before
    assert claimed_ids() == {delivery.pk}


def test_later_messages_of_the_same_group_do_not_wait_behind_a_paused_one():
    robot, now = make_robot(), timezone.now()
    paused = make_broadcast(status=BroadcastStatus.FIRED)
    make_delivery(robot, run=make_run(paused), planned_at=now - timedelta(minutes=5))
    later = make_delivery(robot, planned_at=now - timedelta(minutes=1))
    pause_broadcast(paused, by=LI)
    assert claimed_ids() == {later.pk}


def test_pausing_and_resuming_twice_changes_nothing_the_second_time():
    broadcast = going_out()
    assert not resume_broadcast(broadcast, by=LI)
    assert pause_broadcast(broadcast, by=LI)
    assert not pause_broadcast(broadcast, by=WANG)
    broadcast.refresh_from_db()
    assert broadcast.paused_by_name == "li"
    assert Entry.objects.count() == 1


def test_waking_the_engine_is_part_of_resuming(django_capture_on_commit_callbacks):
    broadcast = going_out()
    with django_capture_on_commit_callbacks() as for_pause:
        pause_broadcast(broadcast, by=LI)
    with django_capture_on_commit_callbacks() as for_resume:
        resume_broadcast(broadcast, by=LI)
    assert (len(for_pause), len(for_resume)) == (0, 1)


# --- refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "status", [DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.EXPIRED, DeliveryStatus.UNCERTAIN]
)
def test_what_has_gone_out_completely_cannot_be_paused(status):
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    make_delivery(run=make_run(broadcast), status=status)
    with pytest.raises(CannotPause) as refused:
        pause_broadcast(broadcast, by=LI)
    assert refused.value.text
    broadcast.refresh_from_db()
    assert broadcast.paused_at is None
    assert not Entry.objects.exists()


def test_a_cancelled_broadcast_is_neither_paused_nor_resumed():
    broadcast = going_out()
    pause_broadcast(broadcast, by=LI)
    cancel_broadcast(broadcast, by=LI)
    with pytest.raises(CannotPause):
        pause_broadcast(broadcast, by=LI)
    with pytest.raises(CannotResume) as refused:
        resume_broadcast(broadcast, by=LI)
    assert refused.value.text
    assert claimed_ids() == set()


# --- what nobody can know ---------------------------------------------------------------------------------------------
def test_a_safe_retry_does_not_go_out_while_its_broadcast_is_paused():
    now = timezone.now()
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    unknown = make_delivery(run=make_run(broadcast), status=DeliveryStatus.UNCERTAIN, due_at=now)
    pause_broadcast(broadcast, by=LI)
    assert retry_uncertain(now) == 0
    resume_broadcast(broadcast, by=LI)
    assert retry_uncertain(now + timedelta(minutes=9)) == 1
    unknown.refresh_from_db()
    assert unknown.status == DeliveryStatus.WAITING


def test_a_safe_retry_that_was_paused_for_long_is_left_to_a_person():
    """DingTalk may have forgotten its msgUuid: sent again, it could arrive twice."""
    now = timezone.now()
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    long_ago, lately = now - timedelta(minutes=11), now - timedelta(minutes=1)
    old = make_delivery(run=run, uncertain_tries=1, claimed_at=long_ago, reason="read_timeout")
    fresh = make_delivery(run=run, uncertain_tries=1, claimed_at=lately, reason="read_timeout")
    decided = make_delivery(run=run, uncertain_tries=0, claimed_at=long_ago, reason=DECIDED_AGAIN)
    throttled = make_delivery(run=run, claimed_at=long_ago, reason="throttled")
    elsewhere = make_delivery(uncertain_tries=1, claimed_at=long_ago)
    pause_broadcast(broadcast, by=LI)
    resume_broadcast(broadcast, by=LI)
    old.refresh_from_db()
    assert (old.status, old.due_at, old.reason) == (DeliveryStatus.UNCERTAIN, None, "read_timeout")
    for other in (fresh, decided, throttled, elsewhere):
        other.refresh_from_db()
        assert other.status == DeliveryStatus.WAITING
