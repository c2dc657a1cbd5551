"""A wall clock that jumps, for the workers alone: the endpoint, Redis and the database keep the right time.

The product reads the time in two ways only, `timezone.now()` and `time.time_ns()`; both are replaced here, in the
processes of the harness. What measures how long something takes is the monotonic clock, which never jumps.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

VARIABLE = "FAULTS_CLOCK"
_SECONDS = struct.Struct("d")


def put_right() -> None:
    """Before anybody follows it."""
    Path(os.environ[VARIABLE]).write_bytes(_SECONDS.pack(0.0))


def put_off(seconds: float) -> None:
    """All workers are wrong by so much from now on."""
    with Path(os.environ[VARIABLE]).open("r+b") as file:
        file.write(_SECONDS.pack(seconds))


def follow() -> None:
    """From now on this process's clock is the one that can be put off."""
    with Path(os.environ[VARIABLE]).open("rb") as file:
        shared = mmap.mmap(file.fileno(), _SECONDS.size, access=mmap.ACCESS_READ)
    timezone.now = _wrong_now(timezone.now, shared)
    time.time_ns = _wrong_time_ns(time.time_ns, shared)


def _wrong_now(right: Callable[[], datetime], shared: mmap.mmap) -> Callable[[], datetime]:
    return lambda: right() + timedelta(seconds=_SECONDS.unpack_from(shared)[0])


def _wrong_time_ns(right: Callable[[], int], shared: mmap.mmap) -> Callable[[], int]:
    return lambda: right() + int(_SECONDS.unpack_from(shared)[0] * 1e9)
