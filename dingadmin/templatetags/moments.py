"""A moment in words: where the clocks of its zone stand, and how far it is from now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MONTH: Final = 30 * DAY
YEAR: Final = 365 * DAY


@dataclass(frozen=True, slots=True)
class MomentInWords:
    iso: str
    clock: str
    zone: str
    distance: str


def describe(moment: datetime, *, zone: ZoneInfo, now: datetime) -> MomentInWords:
    local = moment.astimezone(zone)
    return MomentInWords(
        iso=local.isoformat(timespec="seconds"),
        clock=f"{local:%Y-%m-%d %H:%M}",
        zone=zone.key,
        distance=distance(moment - now),
    )


def distance(span: timedelta) -> str:
    """`in 5 min` for a positive span, `5 min ago` for a negative one; one unit, rounded."""
    seconds = round(span.total_seconds())
    return _ahead(seconds) if seconds > 0 else _past(-seconds)


def _ahead(seconds: int) -> str:
    if seconds < MINUTE:
        return _("in a moment")
    unit, count = _largest_unit(seconds)
    return {
        MINUTE: ngettext("in %(count)d min", "in %(count)d min", count),
        HOUR: ngettext("in %(count)d hour", "in %(count)d hours", count),
        DAY: ngettext("in %(count)d day", "in %(count)d days", count),
        MONTH: ngettext("in %(count)d month", "in %(count)d months", count),
        YEAR: ngettext("in %(count)d year", "in %(count)d years", count),
    }[unit] % {"count": count}


def _past(seconds: int) -> str:
    if seconds < MINUTE:
        return _("just now")
    unit, count = _largest_unit(seconds)
    return {
        MINUTE: ngettext("%(count)d min ago", "%(count)d min ago", count),
        HOUR: ngettext("%(count)d hour ago", "%(count)d hours ago", count),
        DAY: ngettext("%(count)d day ago", "%(count)d days ago", count),
        MONTH: ngettext("%(count)d month ago", "%(count)d months ago", count),
        YEAR: ngettext("%(count)d year ago", "%(count)d years ago", count),
    }[unit] % {"count": count}


def _largest_unit(seconds: int) -> tuple[int, int]:
    for unit, following in ((MINUTE, HOUR), (HOUR, DAY), (DAY, 2 * MONTH), (MONTH, 2 * YEAR)):
        if round(seconds / unit) * unit < following:
            return unit, round(seconds / unit)
    return YEAR, round(seconds / YEAR)
