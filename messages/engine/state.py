"""The one row of what holds for the whole installation."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import F, Q, QuerySet

from dingtalk.replies import ReasonKey
from messages.engine.compiled import Compiled
from messages.models import EngineState

# DingTalk's docs for "too many calls to this interface": wait 1 s, 2 s, 4 s.
LONGEST_BACKOFF_SECONDS = 64


def held(now: datetime) -> QuerySet[EngineState]:
    """Not empty while a person has stopped all sending, or DingTalk lets nothing of ours through."""
    return EngineState.objects.filter(pk=1).filter(Q(hold_until__gt=now) | Q(stopped_at__isnull=False))


def may_send(now: datetime) -> bool:
    return not _held().rows(now)


@cache
def _held() -> Compiled:
    return Compiled.of(lambda now: held(now).values_list("pk"))


def may_fire() -> bool:
    return not EngineState.objects.filter(pk=1, stopped_at__isnull=False).exists()


def hold_everything(*, now: datetime, called_at: datetime, seconds: int, reason: str) -> None:
    """Let nothing out for so long; a longer hold that stands already is kept.

    Where DingTalk throttles everything the wait doubles each time, until a delivery succeeds. The calls that were in
    flight when it began are throttled together: those are one time.
    """
    state, _created = EngineState.objects.get_or_create(pk=1)
    shorter = Q(hold_until__lt=now + timedelta(seconds=max(1, seconds)))
    if reason == ReasonKey.THROTTLED_EVERYWHERE:
        seconds = min(seconds * 2 ** min(state.hold_streak, 16), LONGEST_BACKOFF_SECONDS)
        shorter = Q(hold_until__lte=called_at)
    until = now + timedelta(seconds=max(1, seconds))
    EngineState.objects.filter(Q(hold_until=None) | shorter, pk=1).update(
        hold_until=until, hold_reason=reason, hold_streak=F("hold_streak") + 1
    )


def note_success() -> None:
    """Something was delivered: DingTalk does not throttle everything any more."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {EngineState._meta.db_table} SET hold_streak = 0 WHERE id = 1 AND hold_streak > 0")  # noqa: S608


def note_tick(now: datetime) -> None:
    if not EngineState.objects.filter(pk=1).update(ticked_at=now):
        EngineState.objects.update_or_create(pk=1, defaults={"ticked_at": now})
