from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus
from messages.services.cancel import CannotCancel, cancel_broadcast
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


def test_a_planned_broadcast_never_fires_once_it_is_cancelled():
    broadcast = make_broadcast(planned_at=timezone.now() + timedelta(days=1))
    assert cancel_broadcast(broadcast, by=LI) == 0

    broadcast.refresh_from_db()
    assert (broadcast.status, broadcast.next_at) == (BroadcastStatus.CANCELLED, None)
    assert broadcast.cancelled_by_name == "li"
    assert broadcast.cancelled_at is not None
    entry = Entry.objects.get()
    assert (entry.action, entry.target_id, entry.detail) == (
        "broadcast.cancelled",
        str(broadcast.pk),
        {"deliveries": 0},
    )


def test_only_what_still_waits_is_stopped():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    made = {status: make_delivery(run=run, status=status) for status in DeliveryStatus}
    second = make_delivery(run=run)
    elsewhere = make_delivery()

    assert cancel_broadcast(broadcast, by=LI) == 2
    for status, delivery in made.items():
        delivery.refresh_from_db()
        expected = DeliveryStatus.CANCELLED if status == DeliveryStatus.WAITING else status
        assert delivery.status == expected
    second.refresh_from_db()
    assert (second.status, second.reason, second.due_at) == (DeliveryStatus.CANCELLED, "cancelled", None)
    assert second.ended_at is not None
    elsewhere.refresh_from_db()
    assert elsewhere.status == DeliveryStatus.WAITING
    assert Entry.objects.get().detail == {"deliveries": 2}


def test_what_nobody_knows_is_not_retried_any_more():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    unknown = make_delivery(run=make_run(broadcast), status=DeliveryStatus.UNCERTAIN, due_at=timezone.now())
    cancel_broadcast(broadcast, by=LI)
    unknown.refresh_from_db()
    assert (unknown.status, unknown.due_at) == (DeliveryStatus.UNCERTAIN, None)


def test_cancelling_twice_changes_nothing_the_second_time():
    broadcast = make_broadcast(robots=[make_robot()])
    cancel_broadcast(broadcast, by=LI)
    assert cancel_broadcast(broadcast, by=Actor(name="wang")) == 0
    broadcast.refresh_from_db()
    assert broadcast.cancelled_by_name == "li"
    assert Entry.objects.count() == 1
    assert not Delivery.objects.exists()


def test_what_has_gone_out_completely_cannot_be_cancelled():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    for status in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN):
        make_delivery(run=run, status=status)
    with pytest.raises(CannotCancel) as refused:
        cancel_broadcast(broadcast, by=LI)
    assert refused.value.text
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.FIRED
    assert not Entry.objects.exists()


@pytest.mark.parametrize("status", [DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN])
def test_what_is_in_flight_or_retried_safely_can_still_be_cancelled(status):
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    make_delivery(run=make_run(broadcast), status=status, due_at=timezone.now())
    assert cancel_broadcast(broadcast, by=LI) == 0
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.CANCELLED


def fired_to(count: int) -> Broadcast:
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    for _number in range(count):
        make_delivery(run=run)
    return broadcast


def test_it_takes_the_same_queries_for_one_delivery_and_for_many(django_assert_num_queries):
    one, many = fired_to(1), fired_to(10)
    cancel_broadcast(make_broadcast(), by=LI)  # the first audit entry makes the chain
    with CaptureQueriesContext(connection) as for_one:
        assert cancel_broadcast(one, by=LI) == 1
    with django_assert_num_queries(len(for_one)):
        assert cancel_broadcast(many, by=LI) == 10
