"""Broadcasts as the pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, QuerySet

from messages.models import Broadcast, BroadcastStatus

PAUSED: Final = "paused"  # beside the statuses, for those who look for it


@dataclass(frozen=True, slots=True)
class WantedBroadcasts:
    text: str = ""
    state: str = ""
    author: int | None = None
    kind: str = ""


def broadcasts(wanted: WantedBroadcasts) -> QuerySet[Broadcast]:
    rows = Broadcast.objects.defer("content", "at_mobiles", "at_user_ids")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state == PAUSED:
        rows = rows.filter(paused_at__isnull=False).exclude(status=BroadcastStatus.CANCELLED)
    elif wanted.state:
        rows = rows.filter(status=wanted.state)
    if wanted.author is not None:
        rows = rows.filter(created_by=wanted.author)
    return rows.filter(name__icontains=wanted.text) if wanted.text else rows


def upcoming(limit: int) -> list[Broadcast]:
    """What fires next, soonest first, each with `groups`: how many robots it goes to."""
    scheduled = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED).defer("content")
    return list(scheduled.annotate(groups=Count("targets")).order_by("next_at", "pk")[:limit])


def overdue(now: datetime) -> QuerySet[Broadcast]:
    """What would have fired by now, the longest overdue first; without what is paused."""
    due = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED, next_at__lte=now, paused_at=None)
    return due.defer("content").order_by("next_at", "pk")
