"""The thread by which every worker process joins in, whoever took the wake-up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from messages.engine.lookout import Lookout
from messages.engine.queue import anything_due
from messages.models import BroadcastStatus
from robots.models import RobotStatus
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run


class Watched:
    """What a lookout asks and calls: answers what it is told to, and ends the lookout after the last answer."""

    def __init__(self, *answers: bool | OperationalError, pump: Callable[[], object] = lambda: None) -> None:
        self.answers = list(answers)
        self.pumped = 0
        self.stopping = threading.Event()
        self._pump = pump
        self.lookout = Lookout(due=self.due, pump=self.pump, stopping=self.stopping, seconds=0.001)

    def due(self) -> bool:
        answer = self.answers.pop(0)
        if not self.answers:
            self.stopping.set()
        if isinstance(answer, OperationalError):
            raise answer
        return answer

    def pump(self) -> None:
        self.pumped += 1
        self._pump()

    def run(self) -> None:
        self.lookout.start()
        self.stopping.wait(10)
        self.lookout.end()


def test_it_pumps_whenever_something_is_due() -> None:
    watched = Watched(False, True, False, True)
    watched.run()
    assert (watched.pumped, watched.answers) == (2, [])


def test_it_goes_on_looking_after_the_database_was_away(caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched(OperationalError("connection to postgres://u:secret@h failed"), True)
    with caplog.at_level(logging.WARNING):
        watched.run()
    assert watched.pumped == 1
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_who_ends_it_waits_for_the_calls_in_flight() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def pump() -> None:
        entered.set()
        go_on.wait(10)

    watched = Watched(True, pump=pump)
    watched.lookout.start()
    entered.wait(10)
    ending = threading.Thread(target=watched.lookout.end)
    ending.start()
    ending.join(0.05)
    assert ending.is_alive()
    go_on.set()
    ending.join(10)
    assert not ending.is_alive()


def test_one_that_was_never_started_ends_at_once() -> None:
    Watched(True).lookout.end()


@pytest.mark.django_db
def test_an_idle_look_is_one_query(django_assert_num_queries: Callable[[int], object]) -> None:
    make_delivery(status="delivered")
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert not anything_due(timezone.now(), simulator=True)


@pytest.mark.django_db
def test_what_may_be_claimed_is_due() -> None:
    make_delivery()
    assert anything_due(timezone.now(), simulator=False)


@pytest.mark.django_db
def test_what_may_not_be_claimed_is_not_due() -> None:
    now = timezone.now()
    later = now + timedelta(hours=1)
    make_delivery(due_at=later)
    make_delivery(make_robot(hold_until=later))
    make_delivery(make_robot(status=RobotStatus.PAUSED, paused_reason="token_unknown"))
    make_delivery(make_robot(organisation=make_organisation(quota_exhausted_until=later)))
    make_delivery(make_robot(organisation=make_organisation(simulated=True)))
    make_delivery(run=make_run(make_broadcast(status=BroadcastStatus.CANCELLED)))
    make_delivery(run=make_run(make_broadcast(status=BroadcastStatus.FIRED, paused_at=now)))
    assert not anything_due(now, simulator=False)
