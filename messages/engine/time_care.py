"""Watches over planned times: what should have fired and did not, and what is settled again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from messages.engine.firing import due_broadcasts
from messages.engine.state import may_fire
from messages.models import Broadcast, BroadcastStatus, Notice
from messages.notices.kinds import NoticeKind, broadcast_subject, subject_id
from messages.notices.raising import raise_notice

# A planned time without a run for so long is told.
OVERDUE_AFTER: Final = timedelta(minutes=2)
MOST_TOLD: Final = 20
FORGOTTEN_AFTER: Final = timedelta(days=7)


def tell_overdue(told: list[Notice], *, now: datetime) -> None:
    """One notice each for planned times that have produced no run. `told`: the open ones."""
    overdue = due_broadcasts(now - OVERDUE_AFTER).exclude(pk__in=_subjects(told))
    rows = list(overdue.order_by("next_at", "pk").values_list("pk", "name", "next_at")[:MOST_TOLD])
    if not rows or not may_fire():
        return
    for pk, name, next_at in rows:
        params = {"broadcast": name, "planned_at": (next_at or now).isoformat()}
        raise_notice(NoticeKind.TIME_OVERDUE, subject=broadcast_subject(pk), params=params, at=now)


def overdue_gone(notices: list[Notice], now: datetime) -> list[int]:
    overdue = due_broadcasts(now - OVERDUE_AFTER).filter(pk__in=_subjects(notices))
    return _without(notices, overdue.order_by().values_list("pk", flat=True))


def missed_settled(notices: list[Notice], now: datetime) -> list[int]:
    """A person decided, or it recurs and goes on."""
    recent = [notice for notice in notices if notice.last_at >= now - FORGOTTEN_AFTER]
    waiting = Broadcast.objects.filter(pk__in=_subjects(notices), status=BroadcastStatus.MISSED)
    still = set(waiting.order_by().values_list("pk", flat=True))
    still |= {pk for notice in recent if notice.params.get("recurs") and (pk := subject_id(notice.subject))}
    return _without(notices, still)


def halted_going_again(notices: list[Notice], _now: datetime) -> list[int]:
    halted = Broadcast.objects.filter(pk__in=_subjects(notices), status=BroadcastStatus.HALTED)
    return _without(notices, halted.order_by().values_list("pk", flat=True))


def _subjects(notices: Iterable[Notice]) -> list[int]:
    return [pk for notice in notices if (pk := subject_id(notice.subject)) is not None]


def _without(notices: Iterable[Notice], still: Iterable[int]) -> list[int]:
    ids = set(still)
    return [notice.pk for notice in notices if subject_id(notice.subject) not in ids]
