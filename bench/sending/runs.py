"""One run, from its launch to the end of its last delivery, as the rows have it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min

from audit.actors import SYSTEM
from bench.sending.wire import TEXT
from bench.sending.workers import Crew
from dingtalk.payloads import At, Text
from messages.models import Attempt, Broadcast, Delivery, DeliveryStatus, Run
from messages.services.launch import launch
from robots.models import Robot

OPEN = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)
LOOK_EVERY_SECONDS = 0.1


class GivenUp(Exception):
    """It did not end in time, or not every delivery arrived: the goal is not met, and the text says why."""


class NothingMeasured(Exception):
    """What was to be measured did not come to pass; the text says why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """All in seconds."""

    count: int
    whole: float  # from before the launch to the last recorded result
    launching: float
    to_first_call: float  # from the launch's commit
    calling: float  # from the first call to the last recorded result
    cpu: float  # of all our processes and servers, the launch included

    @property
    def speed(self) -> float:
        return self.count / self.whole

    @property
    def cpu_per_thousand(self) -> float:
        return self.cpu / self.count * 1000


def run_and_measure(robots: Sequence[Robot], crew: Crew, *, seconds: float) -> Measured:
    began, cpu, own = time.time(), crew.cpu(), time.process_time()
    broadcast = launch_to(robots)
    launched, launching_cpu = time.time(), time.process_time() - own
    wait_until_ended(broadcast, len(robots), seconds=seconds)
    cpu = crew.cpu() - cpu + launching_cpu
    first, last = first_and_last(broadcast)
    return Measured(
        count=len(robots),
        whole=last - began,
        launching=launched - began,
        to_first_call=first - launched,
        calling=last - first,
        cpu=cpu,
    )


def launch_to(robots: Iterable[Robot]) -> Broadcast:
    return launch(
        message=Text(content=TEXT),
        at=At(),
        robots=robots,
        name="Bench",
        by=SYSTEM,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone="Asia/Shanghai",
    )


def wait_until_ended(broadcast: Broadcast, count: int, *, seconds: float) -> None:
    """Until each delivery is delivered; raises GivenUp when one ends otherwise."""
    deliveries = Delivery.objects.filter(run__broadcast=broadcast).order_by()
    wait_for(
        lambda: Run.objects.filter(broadcast=broadcast).exists() and not deliveries.filter(status__in=OPEN).exists(),
        seconds=seconds,
        otherwise=lambda: f"{deliveries.exclude(status__in=OPEN).count()} of {count} recorded within {seconds:.0f} s",
    )
    delivered = deliveries.filter(status=DeliveryStatus.DELIVERED).count()
    if delivered != count:
        raise GivenUp(f"only {delivered} of {count} were delivered")


def wait_for(condition: Callable[[], bool], *, seconds: float, otherwise: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise GivenUp(otherwise())
        time.sleep(LOOK_EVERY_SECONDS)


def first_and_last(broadcast: Broadcast) -> tuple[float, float]:
    """When the first call began, and when the last delivery had ended."""
    attempts = Attempt.objects.filter(delivery__run__broadcast=broadcast).order_by()
    first: datetime = attempts.aggregate(at=Min("started_at"))["at"]
    deliveries = Delivery.objects.filter(run__broadcast=broadcast).order_by()
    last: datetime = deliveries.aggregate(at=Max("ended_at"))["at"]
    return first.timestamp(), last.timestamp()
