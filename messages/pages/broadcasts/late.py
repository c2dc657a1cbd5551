"""How late something went out, or would go out, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import ngettext

from messages.models import Broadcast

LATE_FROM = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WentOut:
    at: datetime
    late: str  # in words; "" when it went out at its time


def went_out(broadcast: Broadcast) -> WentOut | None:
    """When its first run was fired, None before that."""
    times = broadcast.runs.order_by("pk").values_list("planned_at", "fired_at").first()
    if times is None:
        return None
    planned_at, fired_at = times
    span = fired_at - planned_at
    return WentOut(fired_at, late_by(span) if span >= LATE_FROM else "")


def late_by(span: timedelta) -> str:
    """`72 min late`; from two hours on in hours, from two days on in days. Rounded down."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 2 * 60:
        return ngettext("%(count)d minute late", "%(count)d minutes late", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 2 * 24:
        return ngettext("%(count)d hour late", "%(count)d hours late", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
