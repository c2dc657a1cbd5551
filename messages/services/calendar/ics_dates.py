"""From when to when an entry of an iCalendar file is, in whole days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from messages.services.calendar.ics_lines import Line

MOST_DAYS: Final = 31
# Far from where counting days would leave what Python can count.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?", re.ASCII)
_DURATION: Final = re.compile(r"P(?:(\d{1,3})W|(\d{1,3})D)", re.ASCII)


class NotADay(Exception):
    def __init__(self, line: int, column: str, text: str) -> None:
        super().__init__(text)
        self.line, self.column, self.text = line, column, text


def days_of_entry(line: int, properties: Mapping[str, Line]) -> tuple[date, date]:
    """The first and the last day. Raises NotADay.

    Some calendars give a make-up day the hours of work: then it is the day of these hours.
    """
    if "DTSTART" not in properties:
        raise NotADay(line, "DTSTART", _("This entry does not say when it begins."))
    if repeated := properties.get("RRULE") or properties.get("RDATE"):
        raise NotADay(repeated.number, repeated.name, _("Official days do not repeat by a rule: give each its entry."))
    begin = _moment(properties["DTSTART"])
    last = _last_day(begin, properties)
    if not begin.date() <= last:
        raise NotADay(line, "DTEND", _("It ends before it begins. The end is the day after the last one."))
    if (last - begin.date()).days >= MOST_DAYS:
        raise NotADay(line, "DTEND", _("No holiday is longer than %(days)d days.") % {"days": MOST_DAYS})
    return begin.date(), last


def _last_day(begin: datetime, properties: Mapping[str, Line]) -> date:
    """The end is not part of it: at midnight it is the day before that is the last."""
    if "DTEND" in properties:
        end = _moment(properties["DTEND"])
    elif "DURATION" in properties:
        end = begin + _duration(properties["DURATION"])
    else:
        return begin.date()
    return end.date() - timedelta(days=1) if end.time() == time(0) else end.date()


def _moment(line: Line) -> datetime:
    """On the clocks of the calendar. A time in UTC would be that of another day in China."""
    found = _DATE.fullmatch(line.value.strip())
    if not found:
        text = _("This is no whole day. It should look like DTSTART;VALUE=DATE:20261001.")
        raise NotADay(line.number, line.name, text)
    if not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise NotADay(line.number, line.name, _("There is no such day."))
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        raise NotADay(line.number, line.name, _("There is no such day.")) from None


def _duration(line: Line) -> timedelta:
    found = _DURATION.fullmatch(line.value.strip())
    if not found:
        raise NotADay(line.number, line.name, _("This is no number of days. It should look like P1D."))
    return timedelta(weeks=int(found[1] or 0), days=int(found[2] or 0))
