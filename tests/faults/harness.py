"""Breaks a running stack at random moments, again and again, and then holds its rows against the endpoint's log."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import requests
from django.db import connection

from messages.models import Worker
from tests.faults.books import EndpointLog, read_deliveries, read_runs
from tests.faults.breaks import APART_SECONDS, Breaks
from tests.faults.crew import WORKERS, Crew
from tests.faults.ledger import Asked, Ledger
from tests.faults.network import Network
from tests.faults.rounds import AWAY, Rounds, all_has_ended, calm_down, hurry, when_possible
from tests.waiting import wait_for

START_SECONDS = 60.0
READ_EVERY_SECONDS = 5.0


@dataclass
class Harness:
    crew: Crew
    network: Network
    chance: random.Random
    groups: int
    say: Callable[[str], None]
    only: str = ""
    breaks: Breaks = field(init=False)
    rounds: Rounds = field(init=False)
    endpoint: EndpointLog = field(default_factory=EndpointLog)

    def __post_init__(self) -> None:
        self.breaks = Breaks(self.crew, self.network, random.Random(self.chance.random()), self.only)
        self.rounds = Rounds(random.Random(self.chance.random()), most=2 * self.groups)

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(self.network.running())
            stack.enter_context(self.crew.running())
            wait_for(self._is_ready, seconds=START_SECONDS, what="the stack")
            yield

    def run(self, *, faults: int, until: float, gaps: tuple[float, float], clock_faults: int) -> None:
        """So many faults in all, the last of them with a clock that jumps; fewer when the time is over."""
        stop_reading = threading.Event()
        reader = threading.Thread(target=self._keep_reading, args=(stop_reading,), name="reader", daemon=True)
        reader.start()
        with self.rounds.running():
            self._break(faults - clock_faults, until, gaps, clock_jumps=False)
            if clock_faults and time.monotonic() < until:
                time.sleep(APART_SECONDS if clock_faults < faults else 0)
                self._break(clock_faults, until, gaps, clock_jumps=True)
        self.breaks.end()
        stop_reading.set()
        reader.join()

    def settle(self, *, seconds: float, in_a_hurry: bool) -> None:
        """No more faults: everything that can end ends. What does not in that time stands in the ledger."""

        def ended() -> bool:
            if in_a_hurry:
                when_possible(hurry)
            return when_possible(all_has_ended)

        calm_down()
        with suppress(AssertionError):
            wait_for(ended, seconds=seconds, what="the end of all")

    def ledger(self) -> Ledger:
        self.endpoint.read()
        return Ledger(
            sent=read_deliveries(),
            heard=self.endpoint.heard,
            accepted=self.endpoint.accepted,
            asked=[Asked(one.broadcast, one.planned_at, one.groups) for one in self.rounds.launched],
            runs=read_runs(),
            killed=frozenset(self.crew.killed),
            broken=self.network.broken,
            cuts=tuple(self.network.cuts),
            jumps=tuple(self.breaks.jumps),
        )

    def _break(self, faults: int, until: float, gaps: tuple[float, float], *, clock_jumps: bool) -> None:
        for number in range(faults):
            if time.monotonic() > until:
                self.say("the time is over")
                return
            time.sleep(self.chance.uniform(*gaps))
            self.breaks.break_something(clock_jumps=clock_jumps)
            if number % 50 == 49:
                done = sum(self.breaks.done.values())
                self.say(f"{done} faults, {len(self.rounds.launched)} broadcasts, {len(self.endpoint.heard)} calls")

    def _keep_reading(self, stop: threading.Event) -> None:
        while not stop.wait(READ_EVERY_SECONDS):
            self.endpoint.read()

    def _is_ready(self) -> bool:
        try:
            requests.get(f"http://127.0.0.1:{self.network.endpoint_port}/healthz", timeout=5)
            return Worker.objects.count() >= WORKERS
        except (requests.RequestException, *AWAY):
            connection.close()
            return False
