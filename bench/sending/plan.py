"""What to measure, and how much of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

PARTS: Final = ("speed", "usual", "others", "large", "latency")
DATABASES: Final = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Plan:
    """The full one. `windows` are calls in flight in all processes together."""

    sizes: tuple[int, ...] = (2_000, 10_000)
    windows: tuple[int, ...] = (64, 128)
    processes: tuple[int, ...] = (1, 2)
    rounds: int = 3
    usual_size: int = 2_000
    tls_size: int = 2_000
    apprise_calls: int = 300
    loop_calls: int = 50
    few_robots: int = 1_000
    few_rounds: int = 5
    many_robots: int = 100_000
    samples: int = 100
    long_run: int = 5_000
    run_seconds: float = 900.0  # what takes longer is given up, and said so
    part_seconds: float = 3600.0

    @property
    def window(self) -> int:
        """Where only one is measured."""
        return self.windows[0]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        values: dict[str, Any] = json.loads(text)
        values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**values)


# Whether it works, not how fast: for a test.
QUICK: Final = Plan(
    sizes=(60,),
    windows=(8,),
    processes=(1,),
    rounds=1,
    usual_size=40,
    tls_size=40,
    apprise_calls=6,
    loop_calls=4,
    few_robots=50,
    few_rounds=1,
    many_robots=300,
    samples=3,
    long_run=100,
    run_seconds=90.0,
    part_seconds=240.0,
)


@dataclass(frozen=True, slots=True)
class Asked:
    plan: Plan
    parts: tuple[str, ...]
    databases: tuple[str, ...]
    quick: bool


def asked(description: str | None, arguments: Sequence[str] | None = None) -> Asked:
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument(
        "--quick", action="store_true", help="small numbers: shows that it works, says nothing of speed"
    )
    options.add_argument("--database", choices=(*DATABASES, "both"), default=None, help="both; with --quick SQLite")
    options.add_argument("--part", choices=PARTS, action="append", help="only this one (repeat)")
    options.add_argument("--sizes", type=_numbers, metavar="N,N", help="robots of a run")
    options.add_argument("--windows", type=_numbers, metavar="N,N", help="calls in flight, all processes together")
    options.add_argument("--processes", type=_numbers, metavar="N,N", help="workers that share them")
    options.add_argument("--rounds", type=int, metavar="N")
    found = options.parse_args(arguments)
    values = {name: getattr(found, name) for name in ("sizes", "windows", "processes", "rounds")}
    chosen = found.database or ("sqlite" if found.quick else "both")
    return Asked(
        plan=_changed(QUICK if found.quick else Plan(), {name: value for name, value in values.items() if value}),
        parts=tuple(part for part in PARTS if not found.part or part in found.part),
        databases=DATABASES if chosen == "both" else (chosen,),
        quick=found.quick,
    )


def _changed(plan: Plan, values: dict[str, Any]) -> Plan:
    return Plan(**{**asdict(plan), **values})


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))
