"""Who beats and who works: the signs that beat and the workers leave in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from messages.models import EngineState, Worker

# Ticks come every second, signs every five: each of these is several that did not come.
TICKING_WITHIN = timedelta(seconds=10)
ALIVE_WITHIN = timedelta(seconds=20)


def last_tick() -> datetime | None:
    """None before the first one."""
    return EngineState.objects.filter(pk=1).values_list("ticked_at", flat=True).first()


def last_sign(*, host: str = "") -> datetime | None:
    """The newest sign of life of any worker, or of those on `host`; None when there is none."""
    signs = Worker.objects.filter(name__startswith=f"{host}:") if host else Worker.objects.all()
    return signs.order_by("-seen_at").values_list("seen_at", flat=True).first()


def workers() -> list[Worker]:
    """Those that live, and those that died within a day."""
    return list(Worker.objects.order_by("-seen_at", "name"))
