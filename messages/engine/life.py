"""A worker's signs of life: every few seconds its row says that it is there, until it ends or dies."""

from __future__ import annotations

import logging
import os
import socket
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from messages.models import Worker

SECONDS_BETWEEN_SIGNS = 5
# A worker that died leaves its row behind: so long it tells when that was.
FORGOTTEN_AFTER = timedelta(days=1)

logger = logging.getLogger(__name__)


def worker_name() -> str:
    """This process, as it stands on its claims and attempts, and in its own row."""
    return f"{socket.gethostname()}:{os.getpid()}"


def give_sign(name: str, *, started_at: datetime, now: datetime) -> None:
    worker = Worker(name=name, version=settings.VERSION, started_at=started_at, seen_at=now)
    Worker.objects.bulk_create(
        [worker], update_conflicts=True, unique_fields=["name"], update_fields=["version", "started_at", "seen_at"]
    )
    Worker.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


@dataclass(slots=True)
class SignsOfLife:
    """Given by a thread of its own: a worker whose pools are full is still alive."""

    name: str
    seconds: float = SECONDS_BETWEEN_SIGNS
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, args=(timezone.now(),), name="signs of life", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Whoever ends in order leaves no row behind."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=self.seconds)
        try:
            Worker.objects.filter(name=self.name).delete()
        except Error as error:
            logger.warning("The worker's row stays behind (%s)", type(error).__name__)

    def _run(self, started_at: datetime) -> None:
        while True:
            try:
                give_sign(self.name, started_at=started_at, now=timezone.now())
            except Error as error:
                logger.warning("No sign of life could be given (%s)", type(error).__name__)
            finally:
                # It would idle till the next sign, and be a broken one after the database was started anew.
                connection.close()
            if self._ending.wait(self.seconds):
                return


_signs = SignsOfLife(worker_name())


@worker_ready.connect
def start_signs(**_signal: object) -> None:
    _signs.start()


@worker_shutdown.connect
def end_signs(**_signal: object) -> None:
    _signs.end()
