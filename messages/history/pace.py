"""How fast a broadcast is going out, and when it is expected to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from messages.history.progress import Progress
from messages.history.waiting import is_stopped
from messages.models import Broadcast, Delivery, DeliveryStatus, EngineState, Run

WINDOW: Final = timedelta(seconds=10)
# Beyond it the queues of the robots are not looked through: the speed tells the end well enough.
FEW: Final = 5_000


@dataclass(frozen=True, slots=True)
class Pace:
    per_second: float  # over the last WINDOW
    ends_at: datetime | None  # None: cannot be told


@dataclass(frozen=True, slots=True)
class Remaining:
    ready: int  # may be called now, as far as the speed allows
    held: int = 0  # must not be called before `held_until`: by pacing, a silence, or a retry that waits
    held_until: datetime | None = None
    minutes_of_queue: int = 0  # how many full minutes of its robot's pacing stand before the last of them


def pace_of(
    broadcast: Broadcast, progress: Progress, *, now: datetime, engine: EngineState | None, a_minute: int
) -> Pace | None:
    """None while it is not going out. `a_minute`: how often a robot may be called in one."""
    left = progress.waiting + progress.sending
    if not left or broadcast.paused_at or is_stopped(engine):
        return None
    runs = dict(Run.objects.filter(broadcast=broadcast.pk).order_by().values_list("pk", "fired_at"))
    per_second = _sent_since(runs, now=now)
    remaining = _remaining(list(runs), progress, now=now, engine=engine, a_minute=a_minute)
    return Pace(per_second, expected_end(remaining, per_second=per_second, now=now))


def expected_end(remaining: Remaining, *, per_second: float, now: datetime) -> datetime | None:
    """None when something could go out and nothing does: then nobody can tell."""
    if remaining.ready and not per_second:
        return None
    by_speed = now + timedelta(seconds=remaining.ready / per_second if remaining.ready else 0)
    return max(by_speed, remaining.held_until or now) + timedelta(minutes=remaining.minutes_of_queue)


def _sent_since(runs: dict[int, datetime], *, now: datetime) -> float:
    """Calls that ended a delivery, each second."""
    sent = Delivery.objects.filter(
        run__in=list(runs),
        status__in=(DeliveryStatus.DELIVERED, DeliveryStatus.FAILED),
        calls__gt=0,
        ended_at__gt=now - WINDOW,
    )
    age = now - max(runs.values(), default=now)
    return sent.count() / max(1.0, min(WINDOW, age).total_seconds())


def _remaining(
    runs: list[int], progress: Progress, *, now: datetime, engine: EngineState | None, a_minute: int
) -> Remaining:
    waiting = Delivery.objects.filter(run__in=runs, status=DeliveryStatus.WAITING).order_by()
    left = progress.waiting + progress.sending
    if engine and engine.hold_until and engine.hold_until > now:
        return Remaining(ready=0, held=left, held_until=engine.hold_until)
    not_yet = Q(due_at__gt=now) | Q(robot__hold_until__gt=now)
    found = waiting.aggregate(
        held=Count("pk", filter=not_yet),
        due=Max("due_at"),
        robot=Max("robot__hold_until"),
        planned=Max("planned_at"),
    )
    later = [moment for moment in (found["due"], found["robot"]) if moment and moment > now]
    looked_through = 0 < progress.waiting <= FEW
    minutes = _longest_queue(waiting, before=found["planned"]) // a_minute if looked_through else 0
    return Remaining(left - found["held"], found["held"], max(later, default=None), minutes)


def _longest_queue(waiting: QuerySet[Delivery], *, before: datetime | None) -> int:
    """How many messages of other broadcasts stand before it, in the group where they are most."""
    if before is None:
        return 0
    earlier = Delivery.objects.filter(status=DeliveryStatus.WAITING, planned_at__lt=before).not_paused()
    counts = earlier.filter(robot__in=waiting.values("robot")).order_by().values("robot").annotate(count=Count("pk"))
    return counts.order_by("-count").values_list("count", flat=True).first() or 0
