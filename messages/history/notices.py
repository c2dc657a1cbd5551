"""Notices as the pages list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from messages.models import Notice

OPEN = "open"
OVER = "over"


@dataclass(frozen=True, slots=True)
class OpenNotices:
    count: int
    newest: list[Notice]


def notices(state: str) -> QuerySet[Notice]:
    """In no order yet; `state` is OPEN, OVER or empty for all."""
    rows = Notice.objects.order_by()
    return rows.filter(closed_at__isnull=state == OPEN) if state else rows


def open_notices(limit: int) -> OpenNotices:
    """What happened last stands first."""
    newest = list(notices(OPEN).order_by("-last_at", "-pk")[: limit + 1])
    count = len(newest) if len(newest) <= limit else notices(OPEN).count()
    return OpenNotices(count, newest[:limit])
