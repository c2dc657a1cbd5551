"""Planned moments: now or later, and still of use when it goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from messages.schedule.wall_times import clock

# A form filled in for "now" takes a moment to send: that much late still means now. Anything earlier is a mistake.
GRACE: Final = timedelta(seconds=60)


class PlannedInPast(ValueError):
    def __init__(self, planned_at: datetime, zone: ZoneInfo) -> None:
        self.planned_at, self.zone = planned_at, zone
        super().__init__("planned in the past")

    @property
    def text(self) -> str:
        return _("%(time)s is already over: choose a later time, or send now.") % {
            "time": clock(self.planned_at, self.zone)
        }


class NeverUseful(ValueError):
    """Its use would be over before it goes out."""

    def __init__(self, useful_until: datetime, planned_at: datetime, zone: ZoneInfo) -> None:
        self.useful_until, self.planned_at, self.zone = useful_until, planned_at, zone
        super().__init__("of no use any more when it goes out")

    @property
    def text(self) -> str:
        return _("It goes out at %(planned)s: its use must end later than that.") % {
            "planned": clock(self.planned_at, self.zone)
        }


def planned_moment(planned_at: datetime | None, *, zone: ZoneInfo, now: datetime) -> datetime:
    """None means now, and so does what is less than GRACE ago. Raises PlannedInPast."""
    if planned_at is None:
        return now
    if planned_at < now - GRACE:
        raise PlannedInPast(planned_at, zone)
    return max(planned_at, now)


def useful_moment(useful_until: datetime | None, *, planned_at: datetime, zone: ZoneInfo) -> datetime | None:
    """None means without an end. Raises NeverUseful."""
    if useful_until is not None and useful_until <= planned_at:
        raise NeverUseful(useful_until, planned_at, zone)
    return useful_until
