"""Quiet hours: times of the day, on the clocks of a zone, in which nothing that can wait goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from messages.schedule.wall_times import at_wall_time

# Quiet hours that follow upon one another without a gap are looked through so far.
FARTHEST: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until `ends`, over midnight where that is not the later one. `skips`: nothing is kept for after."""

    begins: time
    ends: time
    zone: ZoneInfo
    skips: bool = False

    def until(self, moment: datetime) -> datetime | None:
        """The moment at which those that run end; None while none do."""
        today = moment.astimezone(self.zone).date()
        for day in (today - timedelta(days=1), today):
            begins, ends = self._of(day)
            if begins <= moment < ends:
                return ends
        return None

    def _of(self, day: date) -> tuple[datetime, datetime]:
        """Those that begin on that day. Where the clocks are changed, as for every planned time."""
        last = day if self.ends > self.begins else day + timedelta(days=1)
        return (
            at_wall_time(datetime.combine(day, self.begins), self.zone).moment,
            at_wall_time(datetime.combine(last, self.ends), self.zone).moment,
        )


@dataclass(frozen=True, slots=True)
class Quiet:
    """What holds for one group at one moment: nothing before `until`; or, if `skips`, not at all."""

    until: datetime
    skips: bool


def strictest(all_hours: Iterable[QuietHours], moment: datetime) -> Quiet | None:
    """Of several that concern one group: skipping wins, and all have to be over. None while none of them run."""
    hours = list(all_hours)
    running = [each for each in hours if each.until(moment)]
    if not running:
        return None
    until, farthest = moment, moment + FARTHEST
    while until < farthest and (ends := [end for each in hours if (end := each.until(until))]):
        until = max(ends)
    return Quiet(until, skips=any(each.skips for each in running))
