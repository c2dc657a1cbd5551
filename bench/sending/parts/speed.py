"""A run to many robots against the reference, in turns, at 0 ms and at 80 ms; CPU at 0 ms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from bench.sending.endpoints import Endpoint, endpoint
from bench.sending.plan import Plan
from bench.sending.pools import Pools, Sent, pools
from bench.sending.results import Result, Spread, ratios
from bench.sending.robots import Robots
from bench.sending.runs import GivenUp, Measured, run_and_measure
from bench.sending.workers import Crew, crew

LEAST: Final = {0: 0.75, 80: 0.95}
LEAST_PER_SECOND: Final = 500
MOST_CPU: Final = 1.5


@dataclass(frozen=True, slots=True)
class Case:
    delay_ms: int
    window: int
    processes: int
    size: int = 0

    def __str__(self) -> str:
        robots = "1 robot" if self.size == 1 else f"{self.size:,} robots"
        workers = "1 worker" if self.processes == 1 else f"{self.processes} workers"
        return f"{robots}, {self.window} in flight, {workers}"


def measure(plan: Plan) -> Iterator[Result]:
    robots = Robots(max(plan.sizes))
    for delay_ms in (80, 0):
        with endpoint(delay_ms) as answering:
            for window, processes in product(plan.windows, plan.processes):
                case = Case(delay_ms, window, processes)
                yield from _with_workers(plan, case, answering, robots)


def _with_workers(plan: Plan, case: Case, answering: Endpoint, robots: Robots) -> Iterator[Result]:
    share = {"window": case.window, "processes": case.processes}
    with crew(answering, **share) as workers, pools(answering, **share) as reference:
        warm_up(robots, workers, window=case.window)
        for size in plan.sizes:
            sized = Case(case.delay_ms, case.window, case.processes, size)
            try:
                yield from _results(sized, *_rounds(plan, sized, workers, reference, robots))
            except GivenUp as reason:
                goals = ("0ms", "cpu") if case.delay_ms == 0 else (f"{case.delay_ms}ms",)
                yield from (Result(goal, str(sized), str(reason), met=False) for goal in goals)


def warm_up(robots: Robots, workers: Crew, *, window: int) -> None:
    """Opens the connections."""
    run_and_measure(robots.next(min(2 * window, robots.count)), workers, seconds=60)


def _rounds(
    plan: Plan, case: Case, workers: Crew, reference: Pools, robots: Robots
) -> tuple[Sequence[Measured], Sequence[Sent]]:
    ours, theirs = [], []
    for _round in range(plan.rounds):
        ours.append(run_and_measure(robots.next(case.size), workers, seconds=plan.run_seconds))
        theirs.append(reference.send(case.size))
    return ours, theirs


def _results(case: Case, ours: Sequence[Measured], theirs: Sequence[Sent]) -> Iterator[Result]:
    yield _speed(case, ours, theirs)
    if case.delay_ms == 0:
        yield _cpu(case, ours, theirs)


def _speed(case: Case, ours: Sequence[Measured], theirs: Sequence[Sent]) -> Result:
    ratio = ratios([run.speed for run in ours], [pool.speed for pool in theirs])
    speed, other = Spread([run.speed for run in ours], 0), Spread([pool.speed for pool in theirs], 0)
    met = ratio.median >= LEAST[case.delay_ms]
    if case.delay_ms == 0:
        met = met and min(speed.values) >= LEAST_PER_SECOND
    figure = f"{ratio}: {speed}/s of {other}/s"
    return Result(f"{case.delay_ms}ms", str(case), figure, met=met, note=_where_it_went(ours, theirs))


def _cpu(case: Case, ours: Sequence[Measured], theirs: Sequence[Sent]) -> Result:
    used, other = [run.cpu_per_thousand for run in ours], [pool.cpu_per_thousand for pool in theirs]
    ratio = ratios(used, other)
    figure = f"{ratio}: {Spread(used)} s of {Spread(other)} s"
    return Result("cpu", str(case), figure, met=ratio.median <= MOST_CPU)


def _where_it_went(ours: Sequence[Measured], theirs: Sequence[Sent]) -> str:
    """The pump alone is the ratio from the first call on."""
    launching, waiting = Spread([run.launching for run in ours]), Spread([run.to_first_call for run in ours])
    pumping = ratios([run.count / run.calling for run in ours], [pool.speed for pool in theirs])
    return f"launch {launching.median:.2f} s, to first call {waiting.median:.2f} s; from there {pumping.median:.2f}"
