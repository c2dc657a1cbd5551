"""What counts against the monthly quota, cheaply enough to be asked for every few seconds."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count
from redis import RedisError

from dingtalk.replies import Kind
from messages.models import Attempt

# Until then a reply may still be recorded late, after an outage of the database.
SETTLED_AFTER = timedelta(hours=1)

logger = logging.getLogger(__name__)


def accepted(since: datetime, until: datetime | None = None) -> dict[int | None, int]:
    """Calls that DingTalk took, by the organisation that their robot belongs to now; None: the robot is gone."""
    taken = Attempt.objects.filter(started_at__gte=since, kind=Kind.DELIVERED.value)
    if until is not None:
        taken = taken.filter(started_at__lt=until)
    rows = taken.order_by().values_list("delivery__robot__organisation").annotate(count=Count("pk"))
    return dict(rows)


def accepted_cheaply(since: datetime, *, now: datetime) -> dict[int | None, int]:
    """The same up to now. What is settled is counted once an hour and kept in the cache, the rest at every question."""
    settled = (now - SETTLED_AFTER).replace(minute=0, second=0, microsecond=0)
    if settled <= since:
        return accepted(since)
    return dict(Counter(_settled(since, settled)) + Counter(accepted(settled)))


def _settled(since: datetime, until: datetime) -> dict[int | None, int]:
    key = f"accepted:{since:%Y%m%d%H}:{until:%Y%m%d%H}"
    try:
        known = cache.get(key)
    except RedisError:
        return accepted(since, until)
    if known is None:
        known = accepted(since, until)
        _keep(key, known)
    return dict(known)


def _keep(key: str, counts: dict[int | None, int]) -> None:
    try:
        cache.set(key, counts, timeout=7200)
    except RedisError as error:
        logger.warning("The count of the month is not kept (%s)", type(error).__name__)
