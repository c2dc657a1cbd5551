"""Who has a draft open: kept in Redis for a moment, never in the database. Without Redis nobody knows, and that is all.

A page that is open says so every ten seconds; whoever was not heard of for longer is not there any more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import redis
from django.conf import settings

from audit.actors import Actor

HEARD_WITHIN: Final = timedelta(seconds=35)  # three beats
# A page must not wait for a Redis that does not answer.
_PATIENCE: Final = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Present:
    """A person who has the draft open, in one page or several. `typed_at`: None while they only look."""

    name: str
    user_id: int | None
    since: datetime
    typed_at: datetime | None


def beat(draft: int, page: UUID, *, by: Actor, typed_at: datetime | None, now: datetime) -> list[Present]:
    """Say that this page is open, and hear who else is there, oneself in another page too; first come, first named."""
    try:
        with _connection() as connection:
            pages = _heard(connection.hgetall(_key(draft)), now)
            mine = pages.pop(page.hex, None)
            _say(connection, draft, page, Present(by.name, by.user_id, mine.since if mine else now, typed_at), now)
    except redis.RedisError as error:
        logger.info("Who has a draft open is not known (%s)", type(error).__name__)
        return []
    return _people(pages.values())


def leave(draft: int, page: UUID) -> None:
    try:
        with _connection() as connection:
            connection.hdel(_key(draft), page.hex)
    except redis.RedisError as error:
        logger.info("Who has a draft open is not known (%s)", type(error).__name__)


def _connection() -> redis.Redis:
    connection: redis.Redis = redis.Redis.from_url(settings.REDIS_URL, **{**settings.REDIS_OPTIONS, **_PATIENCE})
    return connection


def _key(draft: int) -> str:
    return f"{settings.REDIS_KEY_PREFIX}draft-open:{draft}"


def _say(connection: redis.Redis, draft: int, page: UUID, present: Present, now: datetime) -> None:
    told = {
        "name": present.name,
        "user": present.user_id,
        "since": present.since.timestamp(),
        "typed": present.typed_at.timestamp() if present.typed_at else None,
        "heard": now.timestamp(),
    }
    with connection.pipeline(transaction=False) as pipeline:
        pipeline.hset(_key(draft), page.hex, json.dumps(told))
        pipeline.expire(_key(draft), HEARD_WITHIN)
        pipeline.execute()


def _heard(told: object, now: datetime) -> dict[str, Present]:
    """By page, those of whom was heard lately."""
    pages = {key.decode(): json.loads(value) for key, value in dict(told).items()}  # type: ignore[call-overload]
    oldest = (now - HEARD_WITHIN).timestamp()
    return {
        key: Present(each["name"], each["user"], _moment(each["since"]), each["typed"] and _moment(each["typed"]))
        for key, each in pages.items()
        if each["heard"] >= oldest
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _people(pages: Iterable[Present]) -> list[Present]:
    """Each person once: since their first page was opened, typing where they typed last."""
    people: dict[int | None, Present] = {}
    for page in sorted(pages, key=lambda page: page.since):
        first = people.get(page.user_id, page)
        typed = max((at for at in (first.typed_at, page.typed_at) if at), default=None)
        people[page.user_id] = Present(first.name, first.user_id, first.since, typed)
    return list(people.values())
