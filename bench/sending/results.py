"""What came out, and whether it meets its goal. A result without a figure never meets one."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bench.tables import show


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of the table of goals; results name it."""

    key: str
    text: str


GOALS = (
    Goal("80ms", "80 ms: at least 0.95 of the reference"),
    Goal("0ms", "0 ms: at least 0.75 of the reference, and 500 sends/s in every round"),
    Goal("cpu", "0 ms: CPU per 1,000 sends at most 1.5 times the reference's"),
    Goal("usual", "at least 5 times as fast as one task per send"),
    Goal("apprise", "80 ms, TLS: at least 12 times as fast as Apprise"),
    Goal("loop", "80 ms, TLS: at least 70 times as fast as a loop of requests.post"),
    Goal("cost", "cost of a send at many robots at most 1.2 times that at few"),
    Goal("memory", "a worker grows by less than 50 MB"),
    Goal("rows", "launch to rows in under 15 s, in bounded memory (less than 100 MB in each process)"),
    Goal("now", "launch to first call: p99 under 300 ms"),
    Goal("fair", "3 robots in the middle of a long run: delivered within 2 s"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """`met` is None when it could not be measured; `figure` then says why."""

    goal: str
    case: str
    figure: str
    met: bool | None
    note: str = ""
    database: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Result:
        values: dict[str, Any] = json.loads(text)
        return cls(**values)

    def on(self, database: str) -> Result:
        return replace(self, database=database)

    @property
    def verdict(self) -> str:
        return {True: "met", False: "NOT MET", None: "not measured"}[self.met]


@dataclass(frozen=True, slots=True)
class Spread:
    """The figures of the rounds: their median, with the lowest and the highest, for the machine may be noisy."""

    values: Sequence[float]
    digits: int = 2

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.median:.{self.digits}f}"
        return f"{self.median:.{self.digits}f} ({min(self.values):.{self.digits}f}–{max(self.values):.{self.digits}f})"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Round by round, so that a busy moment of the machine hits both sides."""
    return Spread([mine / other for mine, other in zip(ours, theirs, strict=True)])


def show_results(results: Sequence[Result]) -> None:
    for goal in GOALS:
        rows = [
            (result.database, result.case, result.figure, result.verdict, result.note)
            for result in results
            if result.goal == goal.key
        ]
        if rows:
            print(f"{goal.text}\n", flush=True)
            show(("database", "case", "result", "goal", "besides"), rows)


def show_summary(results: Sequence[Result]) -> None:
    print("Summary\n", flush=True)
    show(("goal", "met", "not met", "not measured"), [_summed(goal, results) for goal in GOALS if _has(goal, results)])


def _has(goal: Goal, results: Sequence[Result]) -> bool:
    return any(result.goal == goal.key for result in results)


def _summed(goal: Goal, results: Sequence[Result]) -> tuple[object, ...]:
    verdicts = [result.met for result in results if result.goal == goal.key]
    return goal.text, verdicts.count(True), verdicts.count(False), verdicts.count(None)
