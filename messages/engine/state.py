"""The one row of what holds for the whole installation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from messages.models import EngineState


def held_until(now: datetime) -> datetime | None:
    """Until when nothing at all may be called; None when nothing is held."""
    state = EngineState.objects.filter(pk=1, hold_until__gt=now).first()
    return state.hold_until if state else None


def hold_everything(*, until: datetime, reason: str) -> None:
    EngineState.objects.get_or_create(pk=1)
    EngineState.objects.filter(Q(hold_until=None) | Q(hold_until__lt=until), pk=1).update(
        hold_until=until, hold_reason=reason
    )


def note_tick(now: datetime) -> None:
    EngineState.objects.update_or_create(pk=1, defaults={"ticked_at": now})
