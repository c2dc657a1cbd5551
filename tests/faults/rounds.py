"""Broadcasts without end: some at once, some planned ahead, to changing sets of groups, each with a text of its own."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from audit.actors import SYSTEM
from dingtalk.payloads import NOBODY, Text
from dingtalk.secrets import Secret
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, UncertainPolicy
from messages.services.launch import launch
from robots.models import Organisation, Robot
from robots.services.robots import create_robot
from simulator.groups import create_group
from simulator.models import Fault, Knobs

T = TypeVar("T")
AWAY = (OperationalError, InterfaceError)
PATIENCE_SECONDS = 120.0
LATENCY_MS = 60
# Of a hundred calls so many meet the endpoint's own faults, whatever else is broken meanwhile.
ENDPOINT_FAULTS = (("drop_before", 2), ("drop_after_accept", 2), ("truncated", 1), ("http_500", 8))
SECONDS_BETWEEN = 0.3
UNFIRED = 3


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked for, in our own words: the rows and the endpoint's log have to agree with it."""

    text: str
    broadcast: int
    planned_at: datetime
    groups: frozenset[str]
    policy: str


def set_up(*, groups: int, endpoint_faults: bool) -> None:
    organisation = Organisation.objects.create(name="Faults", simulated=True, monthly_quota=10_000_000)
    Knobs.objects.create(group=None, latency_ms=LATENCY_MS)
    for number in range(groups):
        group = create_group(name=f"fault {number}", robot_name="fault", signed=True)
        create_robot(
            name=group.name,
            group_name=group.name,
            organisation=organisation,
            token=Secret(group.token),
            secret=Secret(group.secret),
            by=SYSTEM,
        )
    for kind, percent in ENDPOINT_FAULTS if endpoint_faults else ():
        Fault.objects.create(kind=kind, percent=percent, remaining=None)


def calm_down() -> None:
    Fault.objects.all().delete()


def hurry() -> None:
    """What waits for a later moment need not: nobody looks at how long it waits."""
    Delivery.objects.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())


def when_possible(act: Callable[[], T]) -> T:
    """The database may be away at this very moment, which is the point of it all."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return act()
        except AWAY:
            connection.close()
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.1)


@dataclass
class Rounds:
    """Launches while fewer than `most` deliveries are under way."""

    chance: random.Random
    most: int
    launched: list[Round] = field(default_factory=list)
    _robots: list[Robot] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Rounds]:
        self._robots = list(Robot.objects.filter(organisation__name="Faults").order_by("pk"))
        thread = threading.Thread(target=self._run, name="rounds", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            thread.join()

    def _run(self) -> None:
        while not self._ending.wait(SECONDS_BETWEEN):
            if when_possible(self._has_room):
                self._launch()
        connection.close()

    def _has_room(self) -> bool:
        """What has not fired yet has no deliveries to be counted."""
        return unfired().count() < UNFIRED and under_way().count() < self.most

    def _launch(self) -> None:
        """One launch key for all tries: a launch that was committed although its answer got lost is not made twice."""
        key, text = uuid.uuid4(), f"Round {len(self.launched) + 1}."
        robots = self.chance.sample(self._robots, self.chance.randint(1, len(self._robots)))
        ahead = self.chance.choice((None, None, 1.0, 3.0))
        policy = self.chance.choice((*[UncertainPolicy.RETRY_SAFELY] * 4, UncertainPolicy.ASK))
        planned_at = timezone.now() + timedelta(seconds=ahead) if ahead else None
        broadcast = when_possible(
            lambda: launch(
                message=Text(content=text),
                at=NOBODY,
                robots=robots,
                name=text,
                by=SYSTEM,
                launch_key=key,
                planned_at=planned_at,
                zone="Asia/Shanghai",
                uncertain_policy=policy,
            )
        )
        groups = frozenset(robot.name for robot in robots)
        self.launched.append(Round(text, broadcast.pk, broadcast.planned_at, groups, str(policy)))


def all_has_ended() -> bool:
    return not (unfired().exists() or under_way().exists())


def unfired() -> QuerySet[Broadcast]:
    return Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED)


def under_way() -> QuerySet[Delivery]:
    """Deliveries that have not ended, less those that a person has to decide about."""
    open_ones = Delivery.objects.filter(status__in=(DeliveryStatus.WAITING, DeliveryStatus.SENDING))
    return open_ones | Delivery.objects.filter(status=DeliveryStatus.UNCERTAIN, due_at__isnull=False)
