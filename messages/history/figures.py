"""What monitoring asks for, counted over rows each time it asks, in a fixed number of queries.

Nothing here may read more than is open, or happened within a day: the tables hold years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Case, Count, F, Min, Q, Sum, Value, When

from messages.models import Attempt, Delivery, DeliveryStatus, Notice
from messages.models.delivery import ENDED
from robots.models import Robot

FIVE_MINUTES: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
OPEN: Final = (DeliveryStatus.WAITING, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN)
PACING_REASON: Final = "waiting_pacing"
# Upper bounds of call durations. DingTalk answers within 100 ms; a call ends after 15 s whatever happens.
BUCKETS_MS: Final = (25, 50, 100, 200, 400, 800, 1600, 3200, 6400, 15_000)


@dataclass(frozen=True, slots=True)
class Queue:
    """What has not ended. `undecided` are those uncertain ones that nothing but a person will end."""

    counts: Mapping[str, int]
    undecided: int
    oldest_due_at: datetime | None  # of what should have gone out by now; None: nothing is due


@dataclass(frozen=True, slots=True)
class Windowed:
    """How often in a shorter and in a longer time up to now."""

    short: int
    long: int


def by_window(counts: Mapping[str, Windowed]) -> tuple[dict[str, int], dict[str, int]]:
    """The shorter time's counts, and the longer one's."""
    shorter = {key: count.short for key, count in counts.items()}
    return shorter, {key: count.long for key, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Durations:
    at_most: Mapping[int, int]  # calls by upper bound in milliseconds, each holding those before it
    count: int
    total_ms: int


@dataclass(frozen=True, slots=True)
class RobotFigures:
    by_status: Mapping[str, int]
    held: Mapping[str, int]  # those that may not be called right now, by reason

    @property
    def silenced(self) -> int:
        """Held by DingTalk's word, and not by our own pace."""
        return sum(count for reason, count in self.held.items() if reason != PACING_REASON)


def queue(now: datetime) -> Queue:
    open_ones = Delivery.objects.filter(status__in=OPEN).order_by()
    # What a person paused waits as it should.
    due = Delivery.objects.due(now).not_paused()
    return Queue(
        counts=dict(open_ones.values_list("status").annotate(count=Count("pk"))),
        undecided=Delivery.objects.undecided().count(),
        oldest_due_at=due.aggregate(oldest=Min("due_at"))["oldest"],
    )


def ended(now: datetime) -> dict[str, Windowed]:
    """Deliveries by the status that they ended with, in the last hour and the last day."""
    # Without GROUP BY: for that SQLite would walk all deliveries in the order of their status.
    day = {f"{status}_day": Count("pk", filter=Q(status=status)) for status in ENDED}
    hour = {f"{status}_hour": Count("pk", filter=Q(status=status, ended_at__gte=now - HOUR)) for status in ENDED}
    row = Delivery.objects.filter(ended_at__gte=now - DAY).aggregate(**day, **hour)
    return {status: Windowed(row[f"{status}_hour"], row[f"{status}_day"]) for status in ENDED}


def attempts(now: datetime) -> dict[str, Windowed]:
    """Calls by the kind of their outcome, in the last five minutes and the last hour."""
    within_hour = Attempt.objects.filter(started_at__gte=now - HOUR)
    just_now = Count("pk", filter=Q(started_at__gte=now - FIVE_MINUTES))
    rows = within_hour.order_by().values_list("kind").annotate(just_now=just_now, hour=Count("pk"))
    return {kind: Windowed(just_now, hour) for kind, just_now, hour in rows}


def calls_since(moment: datetime) -> int:
    return Attempt.objects.filter(started_at__gte=moment).count()


def durations(now: datetime) -> Durations:
    """Of the calls of the last five minutes."""
    bounds = {f"to_{bound}": Count("pk", filter=Q(duration_ms__lte=bound)) for bound in BUCKETS_MS}
    recent = Attempt.objects.filter(started_at__gte=now - FIVE_MINUTES)
    row = recent.aggregate(**bounds, count=Count("pk"), total=Sum("duration_ms"))
    return Durations(
        at_most={bound: row[f"to_{bound}"] for bound in BUCKETS_MS}, count=row["count"], total_ms=row["total"] or 0
    )


def robot_figures(now: datetime) -> RobotFigures:
    held_for = Case(When(hold_until__gt=now, then=F("hold_reason")), default=Value(""))
    rows = Robot.objects.order_by().annotate(held_for=held_for).values_list("status", "held_for")
    by_status: dict[str, int] = {}
    held: dict[str, int] = {}
    for status, reason, count in rows.annotate(count=Count("pk")):
        by_status[status] = by_status.get(status, 0) + count
        if reason:
            held[reason] = held.get(reason, 0) + count
    return RobotFigures(by_status, held)


def open_notices() -> dict[str, int]:
    """By kind."""
    rows = Notice.objects.filter(closed_at=None).order_by().values_list("kind")
    return dict(rows.annotate(count=Count("pk")))
