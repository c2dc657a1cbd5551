"""Wakes the engine through the broker. A wake-up that is lost costs a second at most: the tick finds what is due."""

from __future__ import annotations

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

TICK = "broadcasts.tick"
DELIVER_DUE = "broadcasts.deliver_due"


def wake_tick() -> None:
    """Have due broadcasts fired at once. Call it on commit; never raises when the broker is down."""
    _queue(TICK)


def wake_pump() -> None:
    """Have due deliveries sent at once. Call it on commit; never raises when the broker is down."""
    _queue(DELIVER_DUE)


def _queue(task: str) -> None:
    try:
        current_app.send_task(task, ignore_result=True)
    except OperationalError as error:
        logger.warning("The broker cannot be reached (%s): the next tick will find what is due", type(error).__name__)
