"""The official calendar 2019-2026 as chinesecalendar knows it, and short ways to write rules and times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import islice

from chinese_calendar.constants import Holiday, holidays, workdays

from messages.schedule.changes import Change
from messages.schedule.days import Calendar, Day, DayKind
from messages.schedule.making import make_rule
from messages.schedule.occurrences import firings
from messages.schedule.rules import Rule

YEARS = range(2019, 2027)


def _official_year(year: int) -> dict[date, Day]:
    free = {on: Day(on, DayKind.HOLIDAY, Holiday(name).chinese) for on, name in holidays.items() if on.year == year}
    worked = {on: Day(on, DayKind.MAKE_UP, Holiday(name).chinese) for on, name in workdays.items() if on.year == year}
    return free | worked


OFFICIAL = Calendar({year: _official_year(year) for year in YEARS})


def wall(text: str) -> datetime:
    """2026-10-01 09:00, or 2026-10-01 for nine o'clock."""
    return datetime.fromisoformat(text if len(text) > 10 else f"{text} 09:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rule(repeats: str = "", starts: str = "2026-01-01 09:00", **more: object) -> Rule:
    return make_rule(starts=wall(starts), repeats=repeats, **more)  # type: ignore[arg-type]


def walls(
    of: Rule,
    count: int = 12,
    *,
    calendar: Calendar = OFFICIAL,
    changes: Iterable[Change] = (),
    after: datetime | None = None,
) -> list[datetime]:
    return [found.wall for found in islice(firings(of, calendar, changes, after=after), count)]


def dates(of: Rule, count: int = 12, *, calendar: Calendar = OFFICIAL, after: datetime | None = None) -> list[str]:
    return [f"{found:%m-%d}" for found in walls(of, count, calendar=calendar, after=after)]
