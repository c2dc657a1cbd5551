"""How fast it goes out, and when it is done, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from messages.history.pace import WINDOW, Pace

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PaceInWords:
    speed: str
    end: str


def pace_in_words(pace: Pace | None, *, zone: str, now: datetime) -> PaceInWords | None:
    if pace is None:
        return None
    return PaceInWords(_speed(pace.per_second), _end(pace.ends_at, zone=ZoneInfo(zone), now=now))


def _speed(per_second: float) -> str:
    told = {"seconds": int(WINDOW.total_seconds())}
    if not per_second:
        return _("Nothing went out in the last %(seconds)d seconds.") % told
    # More than one digit after the point would only flicker.
    number = f"{per_second:.0f}" if per_second >= 10 else f"{per_second:.1f}"
    return _("%(number)s sent per second over the last %(seconds)d seconds.") % {"number": number, **told}


def _end(ends_at: datetime | None, *, zone: ZoneInfo, now: datetime) -> str:
    if ends_at is None:
        return _("When it will be done cannot be told yet.")
    if ends_at - now < MINUTE:
        return _("It will be done in less than a minute.")
    local = (ends_at + MINUTE).astimezone(zone)
    same_day = local.date() == now.astimezone(zone).date()
    time = f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"
    return _("It will be done at about %(time)s (%(zone)s).") % {"time": time, "zone": zone.key}
