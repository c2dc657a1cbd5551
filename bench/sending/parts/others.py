"""Against Apprise and a plain loop of requests.post, over TLS to an endpoint that answers after 80 ms."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.conf import settings

from bench.sending.children import ROOT, python
from bench.sending.endpoints import Endpoint, endpoint, make_certificate
from bench.sending.parts.speed import Case, warm_up
from bench.sending.plan import Plan
from bench.sending.results import Result, Spread, ratios
from bench.sending.robots import Robots
from bench.sending.runs import GivenUp, run_and_measure
from bench.sending.workers import crew

DELAY_MS: Final = 80
NOT_INSTALLED: Final = "Apprise is not installed: pip install -r requirements-bench.lock"


@dataclass(frozen=True, slots=True)
class Way:
    name: str
    least: float
    calls: int  # its speed does not depend on how many there are

    @property
    def missing(self) -> bool:
        return self.name == "apprise" and find_spec("apprise") is None


def measure(plan: Plan) -> Iterator[Result]:
    robots = Robots(plan.tls_size)
    ways = (Way("apprise", 12.0, plan.apprise_calls), Way("loop", 70.0, plan.loop_calls))
    certificate = make_certificate(Path(settings.HOME.path))
    with endpoint(DELAY_MS, tls=certificate) as answering:
        for processes in plan.processes:
            case = Case(DELAY_MS, plan.window, processes, plan.tls_size)
            yield from _against_others(plan, case, answering, robots, ways)


def _against_others(
    plan: Plan, case: Case, answering: Endpoint, robots: Robots, ways: tuple[Way, ...]
) -> Iterator[Result]:
    ours: list[float] = []
    theirs: dict[Way, list[float]] = {way: [] for way in ways if not way.missing}
    yield from (Result(way.name, str(case), NOT_INSTALLED, met=None) for way in ways if way.missing)
    with crew(answering, window=case.window, processes=case.processes) as workers:
        try:
            warm_up(robots, workers, window=case.window)
            for _round in range(plan.rounds):
                ours.append(run_and_measure(robots.next(case.size), workers, seconds=plan.run_seconds).speed)
                for way, speeds in theirs.items():
                    speeds.append(_send(way, answering, seconds=plan.run_seconds))
        except GivenUp as reason:
            yield from (Result(way.name, str(case), str(reason), met=False) for way in theirs)
            return
    for way, speeds in theirs.items():
        ratio = ratios(ours, speeds)
        figure = f"{ratio}: {Spread(ours, 0)}/s of {Spread(speeds, 1)}/s"
        yield Result(way.name, str(case), figure, met=ratio.median >= way.least)


def _send(way: Way, answering: Endpoint, *, seconds: float) -> float:
    command = python("-m", "bench.sending.others", way.name, answering.url, str(way.calls))
    env = {**os.environ, "REQUESTS_CA_BUNDLE": answering.ca_file}
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds
    )
    if done.returncode:
        raise GivenUp(f"{way.name} failed: {done.stderr.strip().splitlines()[-1]}")
    speed: float = json.loads(done.stdout)
    return speed
