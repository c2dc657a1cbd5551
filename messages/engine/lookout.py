"""Has every worker process join in. A wake-up reaches one of them only, perhaps the one that pumps already."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error, connection

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
# A look that found nothing among very many that wait took long: at most this part of the time is spent on looks.
MOST_OF_THE_TIME = 0.05


@dataclass(slots=True)
class Lookout:
    """A thread that pumps, in this process, whenever something is due and no pump runs here.

    It needs neither the broker nor another process. `pump` must not raise; a call of it may last as long as it likes.
    """

    due: Callable[[], bool]  # asked four times a second while no pump runs here
    pump: Callable[[], object]
    stopping: threading.Event
    seconds: float = LOOK_SECONDS
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait until what the pump has begun is recorded."""
        self.stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = self.seconds
        try:
            while not self.stopping.wait(pause):
                began = time.monotonic()
                due = self._due()
                pause = max(self.seconds, (time.monotonic() - began) / MOST_OF_THE_TIME)
                if due:
                    self.pump()
        finally:
            connection.close()

    def _due(self) -> bool:
        try:
            return self.due()
        except Error as error:
            logger.warning("Nobody can know whether anything is due (%s)", type(error).__name__)
            connection.close()
            return False
