"""What a pump does while the database or Redis is away: it keeps what it knows, and claims nothing new."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import redis
from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
AWAY = (*DATABASE_AWAY, redis.RedisError)
PAUSE_SECONDS = 0.5


def through_outage(write: Callable[[], None], *, seconds: float) -> None:
    """Write until it works: what DingTalk answered is known nowhere else. After so many seconds the error is raised.

    `write` must be one transaction, and must do no harm when a first try was committed although it seemed to fail.
    """
    ends_at = time.monotonic() + seconds
    while True:
        try:
            return write()
        except DATABASE_AWAY as error:
            if time.monotonic() >= ends_at:
                raise
            logger.warning("The database cannot be reached (%s): trying again", type(error).__name__)
            connection.close()
            time.sleep(PAUSE_SECONDS)
