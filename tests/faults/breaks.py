"""What the harness breaks, and how often it chooses each."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from django.conf import settings
from django.db import connection

from messages.models import Delivery, DeliveryStatus
from tests.faults import clock
from tests.faults.crew import Crew
from tests.faults.network import Network, Trouble
from tests.faults.rounds import AWAY

POSTGRES_PID_FILE = "FAULTS_POSTGRES_PID_FILE"
PATIENCE_SECONDS = 30.0
# What is to be broken amid calls waits for some, but not for ever.
SEARCH_SECONDS = 5.0
# A clock that is wrong, or right again, near a loss of Redis: what was called in the last minute is then dated wrongly
# in our rows, and they are all that is left to count by. The two are kept apart; docs/faults.md says so.
APART_SECONDS = 65.0
LONGEST_JUMP_SECONDS = 150.0


@dataclass
class Breaks:
    crew: Crew
    network: Network
    chance: random.Random
    only: str = ""  # a part of the names of those that are chosen from
    done: Counter[str] = field(default_factory=Counter)
    kills_amid_calls: int = 0
    kills: int = 0
    jumps: list[tuple[float, float]] = field(default_factory=list)
    _held: set[str] = field(default_factory=set)  # what is broken for a while right now
    _threads: list[threading.Thread] = field(default_factory=list)

    def break_something(self, *, clock_jumps: bool) -> None:
        """`clock_jumps`: those, and nothing that loses what Redis knows; else the other way round."""
        table = [row for row in self._table() if row[3] in (None, clock_jumps) and self.only in row[0]]
        while True:
            weights = [weight for _name, weight, _act, _when in table]
            name, _weight, act, _when = self.chance.choices(table, weights)[0]
            if act():
                self.done[name] += 1
                return
            time.sleep(0.05)

    def end(self) -> None:
        for thread in self._threads:
            thread.join()

    def _table(self) -> list[tuple[str, int, Callable[[], bool], bool | None]]:
        """Name, weight, act (False: not possible just now), and whether it belongs to the jumps of the clock."""
        database = self._postgres() if connection.vendor == "postgresql" else self._sqlite()
        return [
            ("a worker killed", 30, self._kill_worker, None),
            ("all workers killed", 9, self._kill_workers, None),
            ("beat killed", 8, lambda: self._kill("beat"), None),
            ("workers and beat killed", 5, lambda: self._kill("beat", *self.crew.workers), None),
            ("Redis killed", 7, lambda: self._kill("redis", away=2.0), False),
            ("everything killed but the database", 3, self._kill_all, False),
            ("Redis flushed", 7, self._flush_redis, False),
            *((trouble.value, 3, self._have(trouble), None) for trouble in Trouble),
            ("network: every connection reset", 4, self._cut, None),
            ("network: connections refused", 3, self._refuse, None),
            ("clock: jumped and came back", 20, self._jump, True),
            *((name, weight, act, None) for name, weight, act in database),
        ]

    def _sqlite(self) -> list[tuple[str, int, Callable[[], bool]]]:
        return [
            ("SQLite locked for a while", 8, lambda: self._lock(self.chance.uniform(0.5, 5.0))),
            # Longer than anybody waits for the lock.
            ("SQLite locked for longer than 20 s", 1, lambda: self._lock(22.0)),
        ]

    def _postgres(self) -> list[tuple[str, int, Callable[[], bool]]]:
        return [
            ("PostgreSQL restarted at once", 6, self._restart_postgres),
            ("PostgreSQL: every connection cut", 6, self._cut_postgres),
            ("PostgreSQL: no connection left", 4, self._fill_postgres),
        ]

    # --- processes ---

    def _kill(self, *names: str, away: float = 0.3) -> bool:
        amid_calls = any(name in self._calling() for name in names)
        if not self.crew.kill(*names, away_seconds=self.chance.uniform(0.0, away)):
            return False
        self.kills += len(names)
        self.kills_amid_calls += amid_calls
        return True

    def _kill_worker(self) -> bool:
        return self._kill(self.chance.choice(self._wait_for_calls() or self.crew.workers))

    def _kill_workers(self) -> bool:
        self._wait_for_calls()
        return self._kill(*self.crew.workers)

    def _kill_all(self) -> bool:
        return self._kill("redis", "beat", *self.crew.workers)

    def _calling(self) -> list[str]:
        """The workers that have claimed something."""
        try:
            claims = Delivery.objects.filter(status=DeliveryStatus.SENDING).order_by().values_list("worker", flat=True)
            owners = set(claims.distinct()[:20])
        except AWAY:
            connection.close()
            return []
        return [name for name in self.crew.workers if self.crew.claim_name(name) in owners]

    def _wait_for_calls(self) -> list[str]:
        """The workers that are just calling; none when that takes too long."""
        ends_at = time.monotonic() + SEARCH_SECONDS
        while not (calling := self._calling()) and time.monotonic() < ends_at:
            time.sleep(0.02)
        return calling

    def _flush_redis(self) -> bool:
        try:
            with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as server:
                server.flushall()
        except redis.RedisError:
            return False
        return True

    # --- the network ---

    def _have(self, trouble: Trouble) -> Callable[[], bool]:
        slow = trouble in (Trouble.HOLE, Trouble.STALL)

        @contextlib.contextmanager
        def troubled() -> Iterator[None]:
            self.network.have(trouble, share=0.3 if slow else 0.7)
            yield
            self.network.have(None)

        return lambda: (
            bool(self._wait_for_calls()) and self._for_a_while("network", troubled(), self.chance.uniform(0.3, 2.0))
        )

    def _cut(self) -> bool:
        self._wait_for_calls()
        self.network.cut()
        return True

    def _refuse(self) -> bool:
        @contextlib.contextmanager
        def refused() -> Iterator[None]:
            self.network.refuse()
            yield
            self.network.listen()

        return self._for_a_while("network", refused(), self.chance.uniform(0.3, 2.0))

    # --- the clock ---

    def _jump(self) -> bool:
        seconds = self.chance.choice((-1, 1)) * self.chance.uniform(5.0, LONGEST_JUMP_SECONDS)

        @contextlib.contextmanager
        def wrong() -> Iterator[None]:
            started = time.time()
            clock.put_off(seconds)
            yield
            clock.put_off(0.0)
            self.jumps.append((started, time.time()))

        return self._for_a_while("clock", wrong(), self.chance.uniform(1.0, 6.0))

    # --- the database ---

    def _lock(self, seconds: float) -> bool:
        @contextlib.contextmanager
        def locked() -> Iterator[None]:
            with contextlib.closing(sqlite3.connect(settings.HOME.database, timeout=60, isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                yield
                file.execute("ROLLBACK")

        return self._for_a_while("database", locked(), seconds)

    def _restart_postgres(self) -> bool:
        """SIGQUIT is PostgreSQL's "immediate": no connection is ended in order. Who started it starts it again."""
        try:
            pid = int(Path(os.environ[POSTGRES_PID_FILE]).read_text(encoding="utf-8").splitlines()[0])
            os.kill(pid, signal.SIGQUIT)
        except (OSError, ValueError, IndexError):
            return False
        return True

    def _cut_postgres(self) -> bool:
        try:
            with _postgres_connection() as server:
                _cut_all(server)
        except psycopg.Error:
            return False
        return True

    def _fill_postgres(self) -> bool:
        @contextlib.contextmanager
        def filled() -> Iterator[None]:
            taken: list[psycopg.Connection] = []
            with contextlib.suppress(psycopg.Error):
                taken.append(_postgres_connection())
                _take_all(taken)
                _cut_all(taken[0], sparing=taken)
                _take_all(taken)
            yield
            for one in taken:
                with contextlib.suppress(psycopg.Error):
                    one.close()

        return self._for_a_while("database", filled(), self.chance.uniform(0.5, 4.0))

    def _for_a_while(self, what: str, broken: contextlib.AbstractContextManager[None], seconds: float) -> bool:
        """Beside everything else; False while the same is broken already. Whether it works is seen before it counts."""
        if what in self._held:
            return False
        self._held.add(what)
        began = threading.Event()

        def hold() -> None:
            try:
                with broken:
                    began.set()
                    time.sleep(seconds)
            finally:
                self._held.discard(what)

        thread = threading.Thread(target=hold, name=what, daemon=True)
        thread.start()
        self._threads.append(thread)
        return began.wait(PATIENCE_SECONDS)


def _postgres_connection() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5)


def _take_all(taken: list[psycopg.Connection]) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            taken.append(_postgres_connection())


def _cut_all(server: psycopg.Connection, *, sparing: list[psycopg.Connection] | None = None) -> None:
    spared = [one.info.backend_pid for one in (*(sparing or ()), server)]
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL(%s)",
        [spared],
    )
