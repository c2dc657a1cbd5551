"""Breaks a running stack at random moments, again and again, and then holds its rows against the endpoint's log."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
import redis

from tests.faults import scenes
from tests.faults.ledger import Ledger
from tests.processes.stack import Stack, wait_for

# Kinds of the simulator's faults, and in how many of a hundred calls each happens.
NETWORK_FAULTS = (("drop_before", 2), ("drop_after_accept", 2), ("truncated", 1), ("http_500", 2), ("redirect_302", 0))


@dataclass
class Harness:
    stack: Stack
    chance: random.Random
    groups: int
    redis_url: str = ""
    done: Counter[str] = field(default_factory=Counter)
    rounds: int = 0

    def set_up(self, *, latency_ms: int = 60) -> None:
        faults = [(kind, percent) for kind, percent in NETWORK_FAULTS if percent]
        self.stack.shell(
            scenes.SET_UP.format(
                organisation=scenes.ORGANISATION,
                groups=self.groups,
                faults=faults,
                stall_ms=12_000,
                latency_ms=latency_ms,
            )
        )
        self.redis_url = self.stack.shell("from django.conf import settings; print(settings.REDIS_URL)")

    def run(self, *, faults: int, seconds_between: tuple[float, float] = (0.3, 2.0), faults_per_round: int = 3) -> None:
        """Launch round after round, and break something `faults` times in all."""
        while sum(self.done.values()) < faults:
            self._launch()
            for _ in range(min(faults_per_round, faults - sum(self.done.values()))):
                time.sleep(self.chance.uniform(*seconds_between))
                self._break_something()

    def settle(self, *, seconds: float) -> None:
        """No more faults; wait until everything that can end has ended."""
        self._when_possible(lambda: self.stack.shell(scenes.CALM_DOWN))
        wait_for(self._has_ended, seconds=seconds, what="the end of every delivery", log=self.stack.lines)

    def ledger(self) -> Ledger:
        found: dict[str, Any] = json.loads(self.stack.shell(scenes.LEDGER.format()))
        return Ledger(
            deliveries=found["deliveries"],
            accepted=[(group, uuid) for group, uuid in found["accepted"]],
            calls=[(group, uuid, at) for group, uuid, at in found["calls"]],
        )

    def _launch(self) -> None:
        self.rounds += 1
        code = scenes.LAUNCH.format(organisation=scenes.ORGANISATION, number=self.rounds)
        self._when_possible(lambda: self.stack.shell(code))

    def _break_something(self) -> None:
        breaks: dict[str, Callable[[], None]] = {
            "worker killed": lambda: self._kill("dingadmin worker"),
            "beat killed": lambda: self._kill("dingadmin beat"),
            "worker and beat killed": self._kill_both,
            "Redis killed": lambda: self._kill("redis.sock"),
            "Redis flushed": self._flush_redis,
        }
        if self.stack.environment.get("DATABASE_URL"):
            breaks["every connection to PostgreSQL cut"] = self._cut_connections
        name = self.chance.choice(sorted(breaks))
        breaks[name]()
        self.done[name] += 1

    def _kill(self, part: str) -> None:
        """A process that was killed a moment ago may not have been started again yet: then wait for it."""
        wait_for(lambda: self.stack.kill(part), seconds=60, what=f"a process {part!r} to kill", log=self.stack.lines)

    def _kill_both(self) -> None:
        self._kill("dingadmin worker")
        self._kill("dingadmin beat")

    def _flush_redis(self) -> None:
        def flush() -> None:
            with redis.Redis.from_url(self.redis_url) as connection:
                connection.flushall()

        self._when_possible(flush)

    def _cut_connections(self) -> None:
        with psycopg.connect(self.stack.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _when_possible(self, act: Callable[[], object]) -> None:
        """Redis or the database may be away at this very moment, which is the point of it all."""

        def works() -> bool:
            try:
                act()
            except (AssertionError, redis.RedisError):
                return False
            return True

        wait_for(works, seconds=60, what="a moment in which the stack can be talked to", log=self.stack.lines)

    def _has_ended(self) -> bool:
        state = json.loads(self.stack.shell(scenes.PROGRESS.format()))
        counts = Counter(state["counts"])
        return counts["waiting"] + counts["sending"] + state["will_be_retried"] + state["unfired"] == 0
