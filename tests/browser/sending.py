from __future__ import annotations

import threading
from types import TracebackType

from django.db import connections

from messages.tasks import tick
from messages.tests.engine_parts import make_pump

PAUSE_SECONDS = 0.2


class Sending:
    """Ticks and pumps in a thread until the block ends. An error in it fails the test that it belongs to."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sending")

    def __enter__(self) -> Sending:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(PAUSE_SECONDS):
                tick()
                make_pump().run(stop=self._stop)
        finally:
            connections.close_all()
