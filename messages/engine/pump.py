"""The pump: keeps a window of calls in flight, and touches the database only between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from dingtalk.client import Client
from messages.engine.claims import Claimed, ClaimRules, claim_due
from messages.engine.recording import Finished, record_finished
from messages.engine.state import held_until

MAX_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pump:
    """One per worker process at a time. `now` is the wall clock, for rows; bounds are kept by the monotonic one."""

    client: Client
    window: int  # calls in flight at most
    rules: ClaimRules
    now: Callable[[], datetime]

    def run(self, *, max_seconds: float = MAX_SECONDS, stop: threading.Event | None = None) -> int:
        """Send until nothing is due, the time is over or `stop` is set; returns how many calls were made.

        Every call that was begun is recorded before it returns.
        """
        ends_at = time.monotonic() + max_seconds
        calls = 0
        in_flight: set[Future[Finished]] = set()
        with ThreadPoolExecutor(max_workers=self.window, thread_name_prefix="call") as pool:
            while True:
                finished = {future for future in in_flight if future.done()}
                in_flight -= finished
                self._record(finished)
                goes_on = time.monotonic() < ends_at and not (stop and stop.is_set())
                claimed = self._claim(self.window - len(in_flight)) if goes_on else []
                calls += len(claimed)
                in_flight |= {pool.submit(self._call, item) for item in claimed}
                if not in_flight:
                    return calls
                wait(in_flight, return_when=FIRST_COMPLETED)

    def _claim(self, free: int) -> list[Claimed]:
        now = self.now()
        return [] if held_until(now) else claim_due(limit=free, now=now, rules=self.rules)

    def _record(self, finished: set[Future[Finished]]) -> None:
        if finished:
            record_finished([future.result() for future in finished], now=self.now(), worker=self.rules.worker)

    def _call(self, claimed: Claimed) -> Finished:
        return Finished(claimed=claimed, call=self.client.send(claimed.target, claimed.body))


class OnePumpPerProcess:
    """Lets one pump run per process. A wake-up that comes meanwhile is kept: the running pump looks once more."""

    def __init__(self) -> None:
        self._running = threading.Lock()
        self._wanted = threading.Event()

    def run(self, pump: Callable[[], object]) -> None:
        self._wanted.set()
        while self._wanted.is_set() and self._running.acquire(blocking=False):
            try:
                self._wanted.clear()
                pump()
            finally:
                self._running.release()
