"""What the first page tells: counted over rows, a fixed number of queries however many rows there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Q, QuerySet

from dingtalk.replies import Kind, ReasonKey
from messages.models import (
    Broadcast,
    BroadcastKind,
    Delivery,
    DeliveryStatus,
    Draft,
    Notice,
    Run,
    Shelf,
)
from messages.notices.kinds import NoticeKind
from robots.models import PauseReason, Robot, RobotStatus

PACING_REASON = "waiting_pacing"


@dataclass(frozen=True, slots=True)
class ReasonCount:
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class FirstSteps:
    robot: bool
    draft: bool
    sent: bool

    @property
    def all_done(self) -> bool:
        return self.robot and self.draft and self.sent


def counts_by_status(since: datetime, until: datetime) -> dict[str, int]:
    """Deliveries planned in that time, by status."""
    rows = _planned(since, until).order_by().values_list("status").annotate(count=Count("pk"))
    return dict(rows)


def failures_by_reason(since: datetime, until: datetime) -> list[ReasonCount]:
    """Why deliveries planned in that time failed; the commonest first."""
    failed = _planned(since, until).filter(status=DeliveryStatus.FAILED)
    rows = failed.values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return [ReasonCount(reason, count) for reason, count in rows]


def robots_in_need(now: datetime, limit: int) -> list[Robot]:
    """Paused by a reply, silenced, or refused by DingTalk the last time; without their secrets.

    While our own clock is known to be off, a robot that was refused for its timestamp needs nothing itself.
    """
    paused = Q(status=RobotStatus.PAUSED) & ~Q(paused_reason=PauseReason.BY_PERSON)
    silenced = Q(hold_until__gt=now) & ~Q(hold_reason=PACING_REASON)
    refused = Q(last_kind=Kind.REFUSED_ROBOT.value, status=RobotStatus.ACTIVE)
    clock_off = Notice.objects.filter(kind=NoticeKind.CLOCK_OFF, closed_at=None)
    refused &= ~Q(Exists(clock_off), last_reason=ReasonKey.TIMESTAMP_INVALID.value)
    rows = Robot.objects.filter(paused | silenced | refused).order_by("name")
    return list(rows.defer("token_encrypted", "secret_encrypted")[:limit])


def first_steps() -> FirstSteps:
    """What a person has done here; what came with the demo, and tests of robots, are no steps of anybody's."""
    return FirstSteps(
        robot=Robot.objects.filter(organisation__simulated=False).exists(),
        draft=Draft.objects.filter(demo=False).exclude(shelf=Shelf.TEMPLATES).exists(),
        sent=Broadcast.objects.filter(kind=BroadcastKind.BROADCAST).exists(),
    )


def _planned(since: datetime, until: datetime) -> QuerySet[Delivery]:
    # A sub-query, not a join: the database then begins with the few runs, not with all deliveries.
    runs = Run.objects.filter(planned_at__gte=since, planned_at__lt=until)
    return Delivery.objects.filter(run__in=runs.order_by().values("pk"))
