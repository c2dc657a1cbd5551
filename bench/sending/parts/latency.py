"""From the commit of a launch to its first call, on an idle stack; and a short run in the middle of a long one."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from typing import Final

from django.db import transaction

from bench.sending.endpoints import Endpoint, endpoint
from bench.sending.parts.speed import Case, warm_up
from bench.sending.plan import Plan
from bench.sending.results import Result
from bench.sending.robots import Robots
from bench.sending.runs import GivenUp, NothingMeasured, first_and_last, launch_to, wait_for, wait_until_ended
from bench.sending.workers import crew
from messages.models import Delivery, DeliveryStatus
from robots.models import Robot

MOST_P99_MS: Final = 300.0
MOST_SECONDS: Final = 2.0
SHORT_RUN: Final = 3
FAIR_DELAY_MS: Final = 80
CALL_SECONDS: Final = 30.0


def measure(plan: Plan) -> Iterator[Result]:
    robots = Robots(plan.long_run + SHORT_RUN)
    for processes in plan.processes:
        yield _first_calls(plan, processes, robots)
        yield _short_in_long(plan, processes, robots)


def _first_calls(plan: Plan, processes: int, robots: Robots) -> Result:
    case = str(Case(0, plan.window, processes, 1))
    with endpoint(0, tells=True) as answering, crew(answering, window=plan.window, processes=processes):
        try:
            first, *rest = [_first_call(answering, robots.next(1)) for _sample in range(plan.samples + 1)]
        except TimeoutError as reason:
            return Result("now", case, str(reason), met=False)
    figure = f"p50 {statistics.median(rest):.0f} ms, p99 {_percentile(rest, 99):.0f} ms"
    note = f"{len(rest)} launches, the longest {max(rest):.0f} ms; the first of all {first:.0f} ms"
    return Result("now", case, figure, met=_percentile(rest, 99) < MOST_P99_MS, note=note)


def _first_call(answering: Endpoint, robots: list[Robot]) -> float:
    """In milliseconds. It begins at any moment of the second: beat must not help."""
    time.sleep(random.uniform(0.2, 0.8))
    committed: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: committed.append(time.time()))
        broadcast = launch_to(robots)
    called = answering.next_call(seconds=CALL_SECONDS)
    wait_until_ended(broadcast, len(robots), seconds=CALL_SECONDS)
    return (called - committed[0]) * 1000


def _percentile(values: list[float], percent: int) -> float:
    """The smallest value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]


def _short_in_long(plan: Plan, processes: int, robots: Robots) -> Result:
    case = f"{SHORT_RUN} among {Case(FAIR_DELAY_MS, plan.window, processes, plan.long_run)}"
    with endpoint(FAIR_DELAY_MS) as answering, crew(answering, window=plan.window, processes=processes) as workers:
        warm_up(robots, workers, window=plan.window)
        try:
            seconds = [_delay_of_short(plan, robots) for _round in range(plan.rounds)]
        except GivenUp as reason:
            return Result("fair", case, str(reason), met=False)
        except NothingMeasured as reason:
            return Result("fair", case, str(reason), met=None)
    figure = f"{max(seconds):.2f} s at most"
    return Result("fair", case, figure, met=max(seconds) <= MOST_SECONDS, note=f"rounds: {len(seconds)}")


def _delay_of_short(plan: Plan, robots: Robots) -> float:
    """Seconds from before the short run's launch to its last result, the long one half done."""
    long_run = launch_to(robots.next(plan.long_run))
    delivered = Delivery.objects.filter(run__broadcast=long_run, status=DeliveryStatus.DELIVERED).order_by()
    half = plan.long_run // 2
    wait_for(
        lambda: delivered.count() >= half,
        seconds=plan.run_seconds,
        otherwise=lambda: f"{delivered.count()} of {plan.long_run} delivered within {plan.run_seconds:.0f} s",
    )
    began = time.time()
    short = launch_to(robots.next(SHORT_RUN))
    wait_until_ended(short, SHORT_RUN, seconds=plan.run_seconds)
    _first, last = first_and_last(short)
    if delivered.count() == plan.long_run:
        raise NothingMeasured("the long run had ended before the short one did: nothing was in its way")
    wait_until_ended(long_run, plan.long_run, seconds=plan.run_seconds)
    return last - began
