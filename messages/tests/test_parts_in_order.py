"""The parts of one message in the queue: one after the other, and none without those before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from messages.engine.giving_up import GivingUp, give_up_unsendable
from messages.engine.queue import claimable
from messages.models import Delivery, DeliveryStatus, Run
from messages.reasons import explain
from messages.tests.test_ticks import plan_of
from robots.models import Robot
from tests.factories import make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db


def make_parts(statuses: Sequence[str], *, run: Run | None = None, robot: Robot | None = None) -> list[Delivery]:
    run, robot = run or make_run(), robot or make_robot()
    return [
        make_delivery(robot, run=run, status=status, part=number, parts=len(statuses))
        for number, status in enumerate(statuses, start=1)
    ]


def ready() -> list[Delivery]:
    return list(claimable(timezone.now(), simulator=True))


def test_only_the_first_part_may_be_called_at_first():
    parts = make_parts(["waiting"] * 3)
    assert ready() == parts[:1]


def test_the_next_part_may_be_called_once_those_before_it_have_arrived():
    parts = make_parts(["delivered", "delivered", "waiting"])
    assert ready() == parts[2:]


@pytest.mark.parametrize("status", ["sending", "uncertain", "failed", "cancelled", "expired"])
def test_no_part_may_be_called_before_the_one_before_it_has_arrived(status):
    make_parts([status, "waiting"])
    assert ready() == []


def test_a_part_that_waits_for_its_retry_holds_the_next_one_back():
    first, _second = make_parts(["waiting", "waiting"])
    Delivery.objects.filter(pk=first.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    assert ready() == []


def test_the_parts_of_other_groups_do_not_wait():
    run = make_run()
    first = make_parts(["waiting", "waiting"], run=run)
    second = make_parts(["delivered", "waiting"], run=run)
    assert ready() == [first[0], second[1]]


@pytest.mark.parametrize("status", ["failed", "cancelled", "expired", "uncertain"])
def test_parts_behind_one_that_did_not_arrive_fail_and_say_why(status):
    _first, second, third = make_parts([status, "waiting", "waiting"])
    give_up_unsendable(timezone.now(), simulator=True)
    for part in (second, third):
        part.refresh_from_db()
        assert (part.status, part.reason) == (DeliveryStatus.FAILED, "earlier_part")
    with translation.override("en"):
        assert (
            str(explain("earlier_part").title) == "An earlier part was not delivered, or nobody knows whether it was."
        )


@pytest.mark.parametrize("status", ["delivered", "waiting", "sending"])
def test_parts_behind_one_that_may_yet_arrive_go_on_waiting(status):
    _first, second = make_parts([status, "waiting"])
    give_up_unsendable(timezone.now(), simulator=True)
    second.refresh_from_db()
    assert second.status == DeliveryStatus.WAITING


def test_a_safe_retry_holds_the_later_parts_and_they_go_on_once_it_arrived():
    first, second = make_parts(["uncertain", "waiting"])
    Delivery.objects.filter(pk=first.pk).update(due_at=timezone.now() + timedelta(seconds=30))
    give_up_unsendable(timezone.now(), simulator=True)
    assert ready() == []
    Delivery.objects.filter(pk=first.pk).update(status=DeliveryStatus.DELIVERED, due_at=None)
    assert ready() == [second]


def test_a_lost_part_of_one_group_does_not_touch_another_or_a_later_message():
    run, robot = make_run(), make_robot()
    make_parts(["failed", "waiting"], run=run, robot=robot)
    others = make_parts(["waiting", "waiting"], run=run)
    later = make_delivery(robot)
    give_up_unsendable(timezone.now(), simulator=True)
    assert ready() == [others[0], later]


def test_a_part_stands_once_in_a_run():
    run, robot = make_run(), make_robot()
    make_parts(["delivered", "waiting"], run=run, robot=robot)
    with pytest.raises(IntegrityError):
        make_delivery(robot, run=run, part=2, parts=2)


@pytest.mark.parametrize("status", ["failed", "cancelled", "expired", "uncertain"])
def test_a_later_look_finds_what_was_lost_since_also_by_a_transaction_that_took_long(status):
    giving_up, now = GivingUp(), timezone.now()
    make_parts(["waiting", "waiting"])
    assert giving_up.give_up(now, simulator=True) == 0
    parts = make_parts([status, "waiting", "waiting"])
    Delivery.objects.filter(pk=parts[0].pk, ended_at__isnull=False).update(ended_at=now - timedelta(minutes=1))
    assert giving_up.give_up(now + timedelta(seconds=1), simulator=True) == 2
    assert giving_up.give_up(now + timedelta(seconds=2), simulator=True) == 0
    assert {part.reason for part in Delivery.objects.filter(pk__in=[each.pk for each in parts[1:]])} == {"earlier_part"}


def test_a_later_look_begins_at_the_parts_that_were_lost_and_not_at_all_that_wait():
    now = timezone.now()
    for _number in range(50):
        make_parts(["delivered", "waiting", "waiting"])
    with CaptureQueriesContext(connection) as queries:
        give_up_unsendable(now, simulator=True, seen_until=now)
    looks = [query["sql"] for query in queries if '"parts" > 1' in query["sql"]]
    assert len(looks) == 2
    for look in looks:
        plan = plan_of(look)
        assert "delivery_later_parts" not in plan
        assert "delivery_parts_ended" in plan or "delivery_uncertain" in plan, plan
