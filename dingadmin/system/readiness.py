"""Whether messages go out: can the database and Redis be reached, does beat tick, does a worker live?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import redis
from django.conf import settings
from django.db import Error, connection

from messages.history.life import ALIVE_WITHIN, TICKING_WITHIN, last_sign, last_tick

# Whoever asks, asks again soon, and gives up before the time-outs that sending has.
REDIS_PATIENCE: Final = {"socket_timeout": 2, "socket_connect_timeout": 1}


@dataclass(frozen=True, slots=True)
class Check:
    """`seconds`: how long a server took to answer, or how long ago the last sign was; None: neither came."""

    name: str
    ok: bool
    seconds: float | None
    cause: str = ""  # the class of the error: its text may hold a password


def check_database() -> Check:
    return _timed("database", _ask_database, (Error,))


def check_redis() -> Check:
    return _timed("redis", _ask_redis, (redis.RedisError, OSError))


def check_beat(now: datetime) -> Check:
    return _fresh("beat", last_tick, TICKING_WITHIN, now)


def check_workers(now: datetime, *, host: str = "") -> Check:
    """One that lives is enough; with `host` it has to live there."""
    return _fresh("workers", lambda: last_sign(host=host), ALIVE_WITHIN, now)


def check_all(now: datetime) -> tuple[Check, ...]:
    return check_database(), check_redis(), check_beat(now), check_workers(now)


def _timed(name: str, ask: Callable[[], object], errors: tuple[type[Exception], ...]) -> Check:
    started = time.monotonic()
    try:
        ask()
    except errors as error:
        return Check(name, ok=False, seconds=None, cause=type(error).__name__)
    return Check(name, ok=True, seconds=time.monotonic() - started)


def _fresh(name: str, last: Callable[[], datetime | None], within: timedelta, now: datetime) -> Check:
    try:
        at = last()
    except Error as error:
        return Check(name, ok=False, seconds=None, cause=type(error).__name__)
    if at is None:
        return Check(name, ok=False, seconds=None)
    age = now - at
    return Check(name, ok=age < within, seconds=age.total_seconds())


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, **{**settings.REDIS_OPTIONS, **REDIS_PATIENCE}) as client:
        client.ping()
