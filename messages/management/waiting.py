"""Waiting for the worker, by asking the database: a command needs no broker."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from messages.history.first_group import waits_for_person
from messages.history.progress import may_change, progress_of
from messages.models import Broadcast, Run

POLL_SECONDS: Final = 0.2


def wait_for_run(broadcast: Broadcast, *, seconds: float) -> Run | None:
    """The run, when the worker makes it in that time."""
    _wait_until(lambda: broadcast.runs.exists(), seconds)
    return broadcast.runs.order_by("-pk").first()


def wait_for_end(broadcast: Broadcast, *, seconds: float) -> bool:
    """Whether nothing more will happen by itself; False when the time was over before that."""
    return _wait_until(lambda: _has_ended(broadcast.pk), seconds)


def _has_ended(broadcast_id: int) -> bool:
    broadcast = Broadcast.objects.get(pk=broadcast_id)
    return waits_for_person(broadcast) or not may_change(broadcast, progress_of([broadcast_id])[broadcast_id])


def _wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(POLL_SECONDS, left))
    return True
