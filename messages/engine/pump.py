"""The pump: keeps a window of calls in flight, and touches the database only between them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dingtalk.client import Client
from dingtalk.replies import Kind
from messages.engine.brakes import Brakes, hand_back
from messages.engine.callers import Callers, Result
from messages.engine.claims import Claimed, ClaimRules, Claims, claim_due
from messages.engine.outages import AWAY, through_outage
from messages.engine.recording import Finished, record_finished
from messages.engine.state import may_send

logger = logging.getLogger(__name__)

MAX_SECONDS = 60
NOTHING = Claims(taken=[])


@dataclass(frozen=True, slots=True)
class Pump:
    """One per worker process at a time. `now` is the wall clock, for rows; bounds are kept by the monotonic one."""

    client: Client
    window: int  # calls in flight at most
    rules: ClaimRules
    now: Callable[[], datetime]

    @property
    def capacity(self) -> int:
        """A second window is claimed ahead, so that no slot idles while results are recorded."""
        return self.window * 2

    def run(self, *, max_seconds: float = MAX_SECONDS, stop: threading.Event | None = None) -> int:
        """Send until nothing is due, the time is over or `stop` is set; returns how many calls were made.

        Every call that was begun is recorded before it returns.
        """
        ends_at = time.monotonic() + max_seconds
        claim_at = 0.0
        calls = in_flight = 0
        results: list[Result] = []
        brakes = Brakes(now=self.now)
        with Callers(self._call, count=self.window) as callers:
            while True:
                goes_on = time.monotonic() < ends_at and not (stop and stop.is_set())
                claims, idle = NOTHING, in_flight == 0
                if goes_on and time.monotonic() >= claim_at:
                    claims = self._claim(self._room(in_flight), busy=in_flight + len(results) > 0)
                    claim_at = time.monotonic() + claims.wait_seconds
                brakes.watch(claims.taken)
                callers.hand_over(claims.taken, brakes)
                in_flight += len(claims.taken)
                recorded = bool(results)
                self._record(results, brakes)
                results = []
                if idle and len(claims.taken) == self.window:
                    continue  # to claim ahead
                if in_flight:
                    results = callers.gather(most=in_flight)
                    in_flight -= len(results)
                    calls += sum(isinstance(result, Finished) for result in results)
                    if not all(map(_arrived, results)):
                        self._record(results, brakes)
                        results = []
                elif goes_on and (wait := claim_at - time.monotonic()) > 0:
                    time.sleep(wait)
                elif not recorded:  # else the next of the same robots may be due by now
                    return calls

    def _room(self, in_flight: int) -> int:
        """How many to claim. At first no more than can be called at once: they need not wait for what is ahead."""
        return self.capacity - in_flight if in_flight else self.window

    def _claim(self, free: int, *, busy: bool) -> Claims:
        """Nothing while the database or Redis is away and calls are in flight: they have to be recorded first."""
        now = self.now()
        try:
            return claim_due(limit=free, now=now, rules=self.rules) if free > 0 and may_send(now) else NOTHING
        except AWAY as error:
            if not busy:
                raise
            logger.warning("Nothing can be claimed (%s)", type(error).__name__)
            connection.close()
            return NOTHING

    def _record(self, results: list[Result], brakes: Brakes) -> None:
        """Write down what became of them."""
        finished = [result for result in results if isinstance(result, Finished)]
        not_called = [result for result in results if isinstance(result, Claimed)]
        patience = self.rules.lease.total_seconds() / 2
        if finished:
            through_outage(
                lambda: record_finished(finished, now=self.now(), worker=self.rules.worker), seconds=patience
            )
        if not_called:
            through_outage(lambda: hand_back(not_called, now=self.now()), seconds=patience)
        brakes.let_go([*(done.claimed for done in finished), *not_called])

    def _call(self, claimed: Claimed, brakes: Brakes) -> Result:
        if not brakes.may_call(claimed.broadcast_id):
            return claimed
        return Finished(claimed=claimed, call=self.client.send(claimed.target, claimed.body))


def _arrived(result: Result) -> bool:
    """What arrived is recorded after the next claim, so that no thread idles meanwhile. Of anything else the next claim
    must know, for it may hold its robot, its organisation or everything."""
    return isinstance(result, Finished) and result.call.outcome.kind is Kind.DELIVERED


class OnePumpPerProcess:
    """Lets one pump run per process. A wake-up that comes meanwhile is kept: the running pump looks once more."""

    def __init__(self) -> None:
        self._running = threading.Lock()
        self._wanted = threading.Event()

    @property
    def running(self) -> bool:
        return self._running.locked()

    def run(self, pump: Callable[[], object]) -> None:
        self._wanted.set()
        while self._wanted.is_set() and self._running.acquire(blocking=False):
            try:
                self._wanted.clear()
                pump()
            finally:
                self._running.release()
