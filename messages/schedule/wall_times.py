"""Wall times in a named zone, as the one moment that each means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

ZONE_LENGTH: Final = 64


class UnknownZone(ValueError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__("unknown time zone")

    @property
    def text(self) -> str:
        return _("There is no time zone “%(name)s”. Choose one such as Asia/Shanghai.") % {"name": self.name[:64]}


class WallKind(StrEnum):
    ONCE = "once"
    GAP = "gap"  # clocks were put forward over it: it never happened
    FOLD = "fold"  # clocks were put back over it: it happened twice


@dataclass(frozen=True, slots=True)
class WallTime:
    """`moment` is in UTC. `text` tells what had to be decided; empty when the wall time happens just once."""

    moment: datetime
    zone: ZoneInfo
    kind: WallKind

    @property
    def text(self) -> str:
        told = {"time": clock(self.moment, self.zone)}
        match self.kind:
            case WallKind.GAP:
                return _("Clocks are put forward over this time. The next moment there is was taken: %(time)s.") % told
            case WallKind.FOLD:
                return _("Clocks are put back over this time, so that it comes twice. The first one was taken.")
            case WallKind.ONCE:
                return ""


def zone_named(name: str) -> ZoneInfo:
    """Raises UnknownZone."""
    if not name or len(name) > ZONE_LENGTH:
        raise UnknownZone(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # OSError: a folder of the zone database ("Asia") is opened like a file.
        raise UnknownZone(name) from None


def at_wall_time(naive: datetime, zone: ZoneInfo) -> WallTime:
    """The moment at which the zone's clocks show `naive`.

    In a gap it is the next moment that exists, in a fold the first of the two.
    """
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return WallTime(first, zone, WallKind.ONCE)
    if first < second:
        return WallTime(first, zone, WallKind.FOLD)
    # In a gap the two readings lie on either side of the change of the clocks, the later offset giving the earlier one.
    return WallTime(_change_between(second, first, zone), zone, WallKind.GAP)


def clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone's offset changes; it does so once between the two."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
