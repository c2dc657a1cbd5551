"""A person stops what is going out: a real pump in a thread, the simulator on a real socket, and its log as witness."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.actors import Actor
from messages.engine.brakes import STALE_SECONDS
from messages.history.in_flight import (
    NO_CALL_BEGINS_AFTER,
    InFlight,
    Rest,
    all_in_flight,
    look_again_ms,
    rest_of,
    still_in_flight,
)
from messages.models import Attempt, Broadcast, Delivery, DeliveryStatus
from messages.services.cancel import cancel_broadcast
from messages.services.pausing import pause_broadcast, resume_broadcast
from messages.services.stopping import resume_all_sending, stop_all_sending
from messages.tests.engine_parts import make_pump
from simulator.groups import create_group
from simulator.models import Fault, FaultKind, LoggedCall
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

LI = Actor(name="li")
GROUPS = 60
SLOW_MS = 60


class PumpThread:
    """Pumps until it is ended, as a worker that is woken again and again would."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            pump = make_pump(window=4)
            while not self._ended.is_set():
                pump.run(stop=self._ended)
                self._ended.wait(0.05)
        finally:
            connection.close()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()


@pytest.fixture
def broadcast(simulator: str) -> Broadcast:
    """Going out to 60 groups, none of which answers at once."""
    organisation = make_organisation(simulated=True)
    made = make_broadcast(status="fired")
    run = make_run(made)
    for number in range(GROUPS):
        group = create_group(name=f"group {number}", robot_name="robot", signed=True)
        Fault.objects.create(group=group, kind=FaultKind.LATENCY, delay_ms=SLOW_MS, remaining=None)
        robot = make_robot(f"robot {number}", token=group.token, secret=group.secret, organisation=organisation)
        make_delivery(robot, run=run, turn=number)
    return made


@pytest.fixture
def pump() -> Iterator[Callable[[], PumpThread]]:
    started: list[PumpThread] = []

    def start() -> PumpThread:
        started.append(PumpThread())
        return started[-1]

    yield start
    for thread in started:
        thread.end()


def calls() -> int:
    return LoggedCall.objects.count()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def states(broadcast: Broadcast) -> Counter[str]:
    return Counter(Delivery.objects.filter(run__broadcast=broadcast).values_list("status", flat=True))


def assert_no_further_call() -> None:
    """Long enough for everything that a pump had claimed, had it been called."""
    confirmed = calls()
    time.sleep(1)
    assert calls() == confirmed


def assert_all_arrived_once(broadcast: Broadcast) -> None:
    wait_until(lambda: states(broadcast) == {DeliveryStatus.DELIVERED: GROUPS})
    called = Counter(json.loads(bytes(body))["msgUuid"] for body in LoggedCall.objects.values_list("body", flat=True))
    assert len(called) == GROUPS
    assert set(called.values()) == {1}
    assert Attempt.objects.filter(number=1).count() == Attempt.objects.count() == GROUPS


def test_after_a_pause_is_confirmed_no_call_leaves_and_resuming_sends_the_rest_once(broadcast, pump):
    pump()
    wait_until(lambda: calls() >= 10)
    pause_broadcast(broadcast, by=LI)
    wait_until(lambda: still_in_flight(broadcast).count == 0)
    assert_no_further_call()
    assert set(states(broadcast)) == {DeliveryStatus.DELIVERED, DeliveryStatus.WAITING}
    assert calls() < GROUPS

    resume_broadcast(broadcast, by=LI)
    assert_all_arrived_once(broadcast)


def test_after_a_cancel_is_confirmed_no_call_leaves_and_every_delivery_says_what_became_of_it(broadcast, pump):
    pump()
    wait_until(lambda: calls() >= 10)
    cancel_broadcast(broadcast, by=LI)
    wait_until(lambda: still_in_flight(broadcast).count == 0)
    assert_no_further_call()
    found = states(broadcast)
    assert set(found) == {DeliveryStatus.DELIVERED, DeliveryStatus.CANCELLED}
    assert found[DeliveryStatus.DELIVERED] == calls()
    cancelled = Delivery.objects.filter(status=DeliveryStatus.CANCELLED)
    assert set(cancelled.values_list("reason", "calls")) == {("cancelled", 0)}


def test_after_all_sending_is_stopped_no_call_leaves_and_resuming_sends_the_rest_once(broadcast, pump):
    pump()
    wait_until(lambda: calls() >= 10)
    stop_all_sending(by=LI)
    wait_until(lambda: all_in_flight().count == 0)
    assert_no_further_call()
    assert calls() < GROUPS

    resume_all_sending(by=LI)
    assert_all_arrived_once(broadcast)


def test_what_was_claimed_ahead_goes_back_without_having_been_called(broadcast, pump):
    Fault.objects.update(delay_ms=1500)
    pump()
    # Four calls are under way, and a window is claimed ahead.
    wait_until(lambda: calls() == 4 and still_in_flight(broadcast).count == 8)
    pause_broadcast(broadcast, by=LI)
    wait_until(lambda: still_in_flight(broadcast).count == 0)
    assert states(broadcast) == {DeliveryStatus.DELIVERED: 4, DeliveryStatus.WAITING: GROUPS - 4}
    assert calls() == Attempt.objects.count() == 4
    waiting = Delivery.objects.filter(status=DeliveryStatus.WAITING)
    assert set(waiting.values_list("calls", "tries", "claim")) == {(0, 0, None)}


def test_while_a_paused_broadcast_rests_another_one_goes_out_to_the_same_groups(broadcast, pump):
    pause_broadcast(broadcast, by=LI)
    other = make_broadcast("Other", status="fired")
    run = make_run(other)
    for delivery in Delivery.objects.select_related("robot")[:5]:
        make_delivery(delivery.robot, run=run)
    pump()
    wait_until(lambda: states(other) == {DeliveryStatus.DELIVERED: 5})
    assert states(broadcast) == {DeliveryStatus.WAITING: GROUPS}


# --- what the pages tell meanwhile ------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=False)
def test_what_is_in_flight_is_told_with_the_moment_by_which_it_has_ended():
    lease_until = timezone.now() + timedelta(seconds=40)
    going = make_broadcast(status="fired")
    run = make_run(going)
    make_delivery(run=run, status=DeliveryStatus.SENDING, lease_until=lease_until)
    make_delivery(run=run)
    make_delivery(status=DeliveryStatus.SENDING, lease_until=lease_until)
    assert still_in_flight(going) == InFlight(1, lease_until)
    assert all_in_flight() == InFlight(2, lease_until)
    assert still_in_flight(make_broadcast()) == InFlight(0)


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize(
    ("count", "seconds", "rest"),
    [
        pytest.param(3, 0, Rest.STOPPING, id="a call may just be beginning"),
        pytest.param(3, 1, Rest.FINISHING, id="a second later none begins any more"),
        pytest.param(0, 0, Rest.AT_REST, id="nothing was claimed"),
        pytest.param(0, 600, Rest.AT_REST, id="all have ended"),
    ],
)
def test_the_brake_is_told_as_it_takes_hold(count, seconds, rest):
    now = timezone.now()
    assert rest_of(InFlight(count), braked_at=now - timedelta(seconds=seconds), now=now) is rest


@pytest.mark.django_db(transaction=False)
def test_it_is_told_within_a_second_and_not_before_every_pump_has_looked():
    assert STALE_SECONDS + 0.2 < NO_CALL_BEGINS_AFTER.total_seconds() < 0.8


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize(("after_ms", "again_ms"), [(0, 250), (600, 151), (740, 50), (750, 500)])
def test_the_page_looks_again_at_the_moment_from_which_on_no_call_begins(after_ms, again_ms):
    braked_at = timezone.now()
    now = braked_at + timedelta(milliseconds=after_ms)
    rest = rest_of(InFlight(3), braked_at=braked_at, now=now)
    assert look_again_ms(rest, braked_at=braked_at, now=now) == again_ms
