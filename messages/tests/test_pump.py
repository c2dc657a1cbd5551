"""The pump against the simulator, over a real socket."""

from __future__ import annotations

import json
import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from dingtalk.client import Limits
from messages.engine.pump import OnePumpPerProcess
from messages.engine.recovery import retry_uncertain
from messages.models import Attempt, Delivery, DeliveryStatus
from messages.tests.engine_parts import make_pump
from robots.models import Organisation, Robot
from simulator.groups import create_group
from simulator.models import ChatMessage, Fault, FaultKind, Group, Knobs, LoggedCall
from tests.factories import make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])


@pytest.fixture
def organisation(simulator: str) -> Organisation:
    return make_organisation(simulated=True)


def make_pair(organisation: Organisation, name: str, **group: object) -> tuple[Robot, Group]:
    """A simulated group, and the robot that is set up for it."""
    made = create_group(name=name, robot_name="robot", signed=True, **group)
    robot = make_robot(name, token=made.token, secret=made.secret, organisation=organisation)
    return robot, made


def test_what_is_due_arrives_in_its_group_signed_and_under_its_msg_uuid(organisation: Organisation) -> None:
    pairs = [make_pair(organisation, f"group {number}") for number in range(5)]
    run = make_run()
    deliveries = [make_delivery(robot, run=run) for robot, _group in pairs]

    assert make_pump().run() == 5

    for delivery, (_robot, group) in zip(deliveries, pairs, strict=True):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.errcode) == (DeliveryStatus.DELIVERED, 0)
        message = ChatMessage.objects.get(group=group)
        assert message.msg_uuid == str(delivery.msg_uuid)
        assert message.message["text"]["content"] == "Drill at three."
    assert Attempt.objects.filter(kind="delivered", http_status=200).count() == 5


def test_messages_of_one_group_arrive_one_after_the_other_in_the_order_of_their_plans(
    organisation: Organisation,
) -> None:
    robot, group = make_pair(organisation, "ordered")
    deliveries = [make_delivery(robot) for _ in range(6)]
    assert make_pump(window=8).run() == 6
    arrived = list(ChatMessage.objects.filter(group=group).order_by("pk").values_list("msg_uuid", flat=True))
    planned = sorted(deliveries, key=lambda delivery: (delivery.planned_at, delivery.pk))
    assert arrived == [str(delivery.msg_uuid) for delivery in planned]


def test_the_nineteenth_message_of_a_minute_waits_and_dingtalk_never_throttles(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "busy")
    for _ in range(25):
        make_delivery(robot)
    assert make_pump(window=8).run() == 18
    assert ChatMessage.objects.filter(group=group).count() == 18
    assert Delivery.objects.filter(status=DeliveryStatus.WAITING).count() == 7
    robot.refresh_from_db()
    assert robot.hold_reason == "waiting_pacing"


def test_a_flushed_redis_in_the_middle_neither_stops_the_sending_nor_breaks_the_limit(
    organisation: Organisation,
) -> None:
    robot, group = make_pair(organisation, "flushed")
    pump = make_pump()
    for _ in range(10):
        make_delivery(robot)
    assert pump.run() == 10
    pump.rules.pacing.connection.flushall()
    for _ in range(15):
        make_delivery(robot)
    assert pump.run() == 8, "ten of the minute's eighteen were used before the flush"
    assert ChatMessage.objects.filter(group=group).count() == 18


def test_a_reply_lost_after_dingtalk_accepted_is_retried_safely_and_arrives_once(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "dropped")
    Fault.objects.create(group=group, kind=FaultKind.DROP_AFTER_ACCEPT, remaining=1)
    delivery = make_delivery(robot)

    make_pump().run()
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.UNCERTAIN
    assert delivery.due_at is not None

    assert retry_uncertain(delivery.due_at) == 1
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
    make_pump().run()
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DELIVERED
    assert ChatMessage.objects.filter(group=group).count() == 1
    calls = LoggedCall.objects.filter(group=group)
    assert {json.loads(bytes(call.body))["msgUuid"] for call in calls} == {str(delivery.msg_uuid)}
    assert list(delivery.attempts.order_by("number").values_list("kind", flat=True)) == ["uncertain", "delivered"]


def test_every_attempt_is_signed_afresh(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "busy server")
    Fault.objects.create(group=group, kind=FaultKind.ERRCODE, errcode=-1, errmsg="系统繁忙", remaining=1)
    delivery = make_delivery(robot)
    make_pump().run()
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
    time.sleep(0.01)
    make_pump().run()
    urls = list(LoggedCall.objects.filter(group=group).order_by("pk").values_list("url", flat=True))
    assert len(urls) == 2
    assert urls[0] != urls[1]
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries) == (DeliveryStatus.DELIVERED, 1)


def test_a_stalled_group_delays_nobody_else(organisation: Organisation) -> None:
    stalled, group = make_pair(organisation, "stalled")
    Fault.objects.create(group=group, kind=FaultKind.LATENCY, delay_ms=1600, remaining=None)
    others = [make_pair(organisation, f"quick {number}")[0] for number in range(4)]
    run = make_run()
    slow_delivery = make_delivery(stalled, run=run)
    for robot in others:
        make_delivery(robot, run=run)
    make_pump(window=2, limits=Limits(read_seconds=1)).run()
    time.sleep(1)  # the simulator still answers into the void; it must not do so in the next test
    slow_delivery.refresh_from_db()
    assert (slow_delivery.status, slow_delivery.reason) == (DeliveryStatus.UNCERTAIN, "read_timeout")
    ends = Delivery.objects.filter(status=DeliveryStatus.DELIVERED).values_list("ended_at", flat=True)
    slow_attempt = Attempt.objects.get(delivery=slow_delivery)
    assert len(ends) == 4
    assert all(end.timestamp() * 1000 < slow_attempt.started_at.timestamp() * 1000 + 1000 for end in ends)


def test_no_token_and_no_secret_stands_in_any_attempt(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "quiet")
    make_delivery(robot)
    make_pump().run()
    attempt = Attempt.objects.get()
    for value in (attempt.masked_url, attempt.raw, attempt.reason):
        assert group.token not in value
        assert group.secret not in value
    assert "access_token=" in attempt.masked_url


def test_a_pump_that_is_told_to_stop_claims_nothing_more(organisation: Organisation) -> None:
    make_delivery(make_pair(organisation, "later")[0])
    stop = threading.Event()
    stop.set()
    assert make_pump().run(stop=stop) == 0
    assert Delivery.objects.get().status == DeliveryStatus.WAITING


@pytest.mark.django_db(transaction=False)
def test_a_wake_up_that_comes_while_a_pump_runs_is_not_lost() -> None:
    one = OnePumpPerProcess()
    runs: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def pump() -> None:
        runs.append(1)
        entered.set()
        go_on.wait(5)

    first = threading.Thread(target=one.run, args=(pump,))
    first.start()
    entered.wait(5)
    one.run(pump)  # returns at once: a pump runs already
    go_on.set()
    first.join()
    assert len(runs) == 2
    connection.close()


def test_a_clock_an_hour_off_is_told_with_the_difference(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "other time")
    Knobs.objects.create(group=group, clock_offset_seconds=2 * 60 * 60)
    delivery = make_delivery(robot)
    make_pump().run()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "timestamp_invalid")
    skew = Attempt.objects.get(delivery=delivery).clock_skew_seconds
    assert skew is not None
    assert abs(skew + 2 * 60 * 60) < 60
