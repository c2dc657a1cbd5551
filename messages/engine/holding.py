"""Puts on record when what waits is kept from going out, and when it may go on: one row for all that it concerns."""

from __future__ import annotations

from datetime import datetime

from messages.models import Hold, HoldKind


def begin_hold(kind: HoldKind, *, broadcast: int | None = None, by: str = "", now: datetime) -> None:
    """In the transaction that pauses or stops. `broadcast`: None means all of them."""
    Hold.objects.create(kind=kind, broadcast_id=broadcast, begun_at=now, begun_by_name=by)


def end_hold(*, broadcast: int | None = None, by: str, now: datetime) -> None:
    """In the transaction that resumes, or cancels what was paused."""
    Hold.objects.filter(broadcast=broadcast, ended_at=None).update(ended_at=now, ended_by_name=by)
