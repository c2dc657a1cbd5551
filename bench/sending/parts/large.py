"""What a send costs where there are very many robots, how a worker grows, and how long the rows of a run take."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.sending.endpoints import endpoint
from bench.sending.parts.speed import warm_up
from bench.sending.plan import Plan
from bench.sending.processes import forget_peak, memory_mb, peak_memory_mb
from bench.sending.results import Result, Spread
from bench.sending.robots import Robots, make_robots
from bench.sending.runs import GivenUp, first_and_last, launch_to, run_and_measure, wait_for, wait_until_ended
from bench.sending.workers import Crew, crew
from messages.models import Broadcast, Run
from messages.services.audience import resolve_audience

MOST_TIMES: Final = 1.2
MOST_GROWTH_MB: Final = 50.0
MOST_SECONDS_TO_ROWS: Final = 15.0
MOST_FAN_OUT_MB: Final = 100.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds a send: on the clock, from the first call to the last result, and of CPU of all processes."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class FanOut:
    """Seconds from before the launch to the rows; megabytes at most above what was there, the audience's too."""

    seconds: float
    launching: float
    resolving: float  # whom it goes to, before the launch
    launcher_mb: float
    worker_mb: float


def measure(plan: Plan) -> Iterator[Result]:
    robots = Robots(plan.few_robots)
    with endpoint(0) as answering, crew(answering, window=plan.window, processes=1) as workers:
        warm_up(robots, workers, window=plan.window)
        few = _cost_of_few(plan, robots, workers)
        make_robots(plan.few_robots, plan.many_robots)
        try:
            yield from _of_many(plan, workers, few)
        except GivenUp as reason:
            case = f"{plan.many_robots:,} robots"
            yield from (Result(goal, case, str(reason), met=False) for goal in ("cost", "memory", "rows"))


def _cost_of_few(plan: Plan, robots: Robots, workers: Crew) -> Cost:
    runs = [
        run_and_measure(robots.next(robots.count), workers, seconds=plan.run_seconds)
        for _round in range(plan.few_rounds)
    ]
    return Cost(
        wall=Spread([run.calling / run.count * 1000 for run in runs]).median,
        cpu=Spread([run.cpu_per_thousand for run in runs]).median,
    )


def _of_many(plan: Plan, workers: Crew, few: Cost) -> Iterator[Result]:
    (worker,) = workers.workers
    before, cpu, own = memory_mb(worker), workers.cpu(), time.process_time()
    broadcast, fan_out = _fan_out(plan, worker)
    launching_cpu = time.process_time() - own
    yield _rows(plan, fan_out)
    forget_peak(worker)
    wait_until_ended(broadcast, plan.many_robots, seconds=plan.run_seconds)
    cpu = workers.cpu() - cpu + launching_cpu
    first, last = first_and_last(broadcast)
    many = Cost(wall=(last - first) / plan.many_robots * 1000, cpu=cpu / plan.many_robots * 1000)
    yield from _costs(plan, few, many)
    yield _memory(plan, before, max(fan_out.worker_mb, peak_memory_mb(worker) - before), memory_mb(worker))


def _fan_out(plan: Plan, worker: int) -> tuple[Broadcast, FanOut]:
    own, at_worker = memory_mb(os.getpid()), memory_mb(worker)
    forget_peak(os.getpid())
    forget_peak(worker)
    asked = time.time()
    robots = resolve_audience(all_robots=True, robots=(), tags=())
    began = time.time()
    broadcast = launch_to(robots)
    launched = time.time()
    found = Run.objects.filter(broadcast=broadcast)
    wait_for(found.exists, seconds=plan.run_seconds, otherwise=lambda: "the run's rows did not come")
    return broadcast, FanOut(
        seconds=time.time() - began,
        launching=launched - began,
        resolving=began - asked,
        launcher_mb=peak_memory_mb(os.getpid()) - own,
        worker_mb=peak_memory_mb(worker) - at_worker,
    )


def _rows(plan: Plan, fan_out: FanOut) -> Result:
    figure = (
        f"{fan_out.seconds:.1f} s; at most {fan_out.launcher_mb:.0f} MB more where it is launched, "
        f"{fan_out.worker_mb:.0f} MB more in the worker"
    )
    bounded = max(fan_out.launcher_mb, fan_out.worker_mb) < MOST_FAN_OUT_MB
    met = fan_out.seconds < MOST_SECONDS_TO_ROWS and bounded
    note = f"launch {fan_out.launching:.1f} s; {fan_out.resolving:.1f} s more before it for the audience"
    return Result("rows", f"{plan.many_robots:,} robots", figure, met=met, note=note)


def _costs(plan: Plan, few: Cost, many: Cost) -> Iterator[Result]:
    for name, at_few, at_many in (("wall", few.wall, many.wall), ("CPU", few.cpu, many.cpu)):
        times = at_many / at_few
        case = f"{plan.many_robots:,} robots against {plan.few_robots:,}, {name}"
        yield Result("cost", case, f"{times:.2f}: {at_many:.2f} ms of {at_few:.2f} ms", met=times <= MOST_TIMES)


def _memory(plan: Plan, before: float, growth: float, after: float) -> Result:
    figure = f"{growth:.0f} MB at most, {after - before:.0f} MB in the end"
    return Result(
        "memory", f"{plan.many_robots:,} sends", figure, met=growth < MOST_GROWTH_MB, note=f"from {before:.0f} MB"
    )
