"""Planned times that had no run: put on record with the reason, and told; never sent long after in silence."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.db.models import Max, Q, QuerySet

from messages.engine.recurring import Step
from messages.models import Broadcast, BroadcastStatus, Hold, HoldKind, MissedReason, MissedTime
from messages.notices.kinds import NoticeKind, broadcast_subject
from messages.notices.raising import raise_notice
from messages.schedule.rule_text import key_text

_REASONS: Final = {
    HoldKind.PAUSED.value: MissedReason.PAUSED,
    HoldKind.PAUSED_ITSELF.value: MissedReason.PAUSED,
    HoldKind.ALL_STOPPED.value: MissedReason.STOPPED,
}


def is_too_late(broadcast: Broadcast, *, now: datetime) -> bool:
    """Of a broadcast that goes out once. Somebody who resumed it, or all sending, wanted it to go out."""
    planned_at, limit = broadcast.next_at, broadcast.late_limit
    if planned_at is None or limit is None or now - planned_at <= limit:
        return False
    held = _holds_of(broadcast).filter(begun_at__lte=now, ended_at__gt=planned_at)
    since = held.aggregate(last=Max("ended_at"))["last"] or planned_at
    return bool(now - since > limit)


def miss(broadcast: Broadcast, *, planned_at: datetime, now: datetime) -> None:
    """A person decides whether it still goes out. In the caller's transaction."""
    rows = Broadcast.objects.filter(pk=broadcast.pk, status=BroadcastStatus.SCHEDULED, next_at=planned_at)
    if rows.update(status=BroadcastStatus.MISSED, next_at=None) != 1:
        raise IntegrityError("the broadcast was fired or cancelled by somebody else")
    _note(broadcast, [MissedTime(planned_at=planned_at, reason=MissedReason.LATE)], now=now)


def note_missed(broadcast: Broadcast, done: Step, *, now: datetime) -> None:
    """With the reason of each: it was paused or all sending was stopped at that time, or nothing ran."""
    if not done.missed:
        return
    holds = list(_holds_of(broadcast).filter(begun_at__lte=now).exclude(ended_at__lt=done.missed[0].at))
    rows = [
        MissedTime(planned_at=found.at, key=key_text(found.key), reason=_reason(found.at, holds))
        for found in done.missed
    ]
    if done.unread:
        unread = [row for row in rows if row.planned_at <= done.unread]
        unread[-1].until = done.unread
    _note(broadcast, rows, now=now)


def _note(broadcast: Broadcast, rows: list[MissedTime], *, now: datetime) -> None:
    for row in rows:
        row.broadcast, row.noted_at = broadcast, now
    MissedTime.objects.bulk_create(rows, ignore_conflicts=True)
    late = [row for row in rows if row.reason == MissedReason.LATE]
    if late:
        params = {
            "broadcast": broadcast.name,
            "count": len(late),
            "planned_at": late[-1].planned_at.isoformat(),
            "recurs": broadcast.recurs,
        }
        raise_notice(NoticeKind.TIME_MISSED, subject=broadcast_subject(broadcast.pk), params=params, at=now)


def _holds_of(broadcast: Broadcast) -> QuerySet[Hold]:
    return Hold.objects.filter(Q(broadcast=broadcast) | Q(broadcast=None))


def _reason(planned_at: datetime, holds: list[Hold]) -> MissedReason:
    for hold in holds:
        if hold.begun_at <= planned_at and (hold.ended_at is None or planned_at < hold.ended_at):
            return _REASONS[hold.kind]
    return MissedReason.LATE
