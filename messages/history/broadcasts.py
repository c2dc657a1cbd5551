"""Broadcasts as the pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, QuerySet

from messages.models import Broadcast, BroadcastStatus, FirstGroup, FirstState

# Beside the statuses, for those who look for them.
PAUSED: Final = "paused"
FIRST_OUT: Final = "first_out"


@dataclass(frozen=True, slots=True)
class WantedBroadcasts:
    text: str = ""
    state: str = ""
    author: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """`groups`: how many it goes to yet. `rest_waits`: when they get it depends on its first group."""

    broadcast: Broadcast
    groups: int
    rest_waits: bool


def broadcasts(wanted: WantedBroadcasts) -> QuerySet[Broadcast]:
    """Each with its first group, where it has one."""
    rows = Broadcast.objects.select_related("first_group").defer("content", "at_mobiles", "at_user_ids")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state == PAUSED:
        rows = rows.filter(paused_at__isnull=False).exclude(status=BroadcastStatus.CANCELLED)
    elif wanted.state == FIRST_OUT:
        rows = rows.filter(pk__in=_rest_waits())
    elif wanted.state == BroadcastStatus.SCHEDULED:
        rows = rows.filter(status=BroadcastStatus.SCHEDULED).exclude(pk__in=_rest_waits())
    elif wanted.state:
        rows = rows.filter(status=wanted.state)
    if wanted.author is not None:
        rows = rows.filter(created_by=wanted.author)
    return rows.filter(name__icontains=wanted.text) if wanted.text else rows


def upcoming(limit: int) -> list[Upcoming]:
    """What fires next, soonest first."""
    scheduled = (
        Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED).select_related("first_group").defer("content")
    )
    return [_upcoming(row) for row in scheduled.annotate(groups=Count("targets")).order_by("next_at", "pk")[:limit]]


def overdue(now: datetime) -> QuerySet[Broadcast]:
    """What would have fired by now, the longest overdue first; without what is paused, or waits for its first group."""
    due = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED, next_at__lte=now, paused_at=None)
    return due.exclude(pk__in=_rest_waits()).defer("content").order_by("next_at", "pk")


def first_of(broadcast: Broadcast) -> FirstGroup | None:
    """Its first group, as it was read along with it."""
    return getattr(broadcast, "first_group", None)


def _rest_waits() -> QuerySet[FirstGroup, int]:
    waiting = FirstGroup.objects.filter(watched=True, state=FirstState.OUT, broadcast__status=BroadcastStatus.SCHEDULED)
    return waiting.values_list("broadcast", flat=True)


def _upcoming(row: Broadcast) -> Upcoming:
    first, groups = first_of(row), int(getattr(row, "groups", 0))
    went = first is not None and first.state != FirstState.PLANNED
    return Upcoming(row, groups - 1 if went else groups, rest_waits=first is not None and first.state == FirstState.OUT)
