"""What a rule will do, for people to look at before and after they decide on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from messages.schedule.changes import Change
from messages.schedule.days import Calendar, DayKind, UnknownYear
from messages.schedule.occurrences import firings, occurrences
from messages.schedule.reasons import Why
from messages.schedule.rrules import Frequency, parse_rrule
from messages.schedule.rules import BadRule, Days, Kind, Rule, RuleError
from messages.schedule.series import Occurrence

SHOWN: Final = 12
_ORDINARY: Final = frozenset({DayKind.WORKDAY, DayKind.WEEKEND})


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows`: in order, with those left out that a person would miss. `stopped`: where the known calendar ends.

    Neither stopped nor `more`: these are all there are.
    """

    rows: tuple[Occurrence, ...]
    stopped: UnknownYear | None = None
    more: bool = False

    @property
    def firings(self) -> tuple[Occurrence, ...]:
        return tuple(row for row in self.rows if not row.skipped)


def preview(
    rule: Rule, calendar: Calendar, changes: Iterable[Change] = (), *, after: datetime | None = None, limit: int = SHOWN
) -> Preview:
    """The next `limit` that go out."""
    rows: list[Occurrence] = []
    left = limit
    try:
        for found in occurrences(rule, calendar, changes, after=after):
            if not left:
                return Preview(tuple(rows), more=True)
            if not found.skipped or not (_is_expected(rule, found) or _is_told(rows, found)):
                rows.append(found)
            left -= not found.skipped
    except UnknownYear as error:
        return Preview(tuple(rows), stopped=error)
    return Preview(tuple(rows))


def stops_before(
    rule: Rule, calendar: Calendar, changes: Iterable[Change] = (), *, after: datetime, until: datetime
) -> UnknownYear | None:
    """The unknown year for which it will stop in that time, so that people hear of it before."""
    try:
        for found in occurrences(rule, calendar, changes, after=after):
            if found.at >= until:
                return None
    except UnknownYear as error:
        return error if error.needed_for is None or error.needed_for <= until.date() else None
    return None


def first_firing(rule: Rule, calendar: Calendar, *, after: datetime | None = None) -> Occurrence:
    """Raises BadRule when, by the calendar as it is known, it never goes out after that moment."""
    try:
        first = next(firings(rule, calendar, after=after), None)
    except UnknownYear as error:
        raise BadRule(_beyond(error)) from None
    if first is None:
        raise BadRule(RuleError("days", "never", _("No date fits this rule: it would never go out.")))
    return first


def _beyond(error: UnknownYear) -> RuleError:
    text = _("It would not go out before %(year)d, and the official calendar of that year is not known yet.")
    return RuleError("days", "beyond_calendar", text % {"year": error.year})


def _is_told(rows: list[Occurrence], left_out: Occurrence) -> bool:
    """Of a day with many times it is told once that the calendar leaves it out."""
    last = rows[-1] if rows else None
    return (
        last is not None
        and last.skipped
        and not (last.change or left_out.change)
        and last.wall.date() == left_out.wall.date()
    )


def _is_expected(rule: Rule, left_out: Occurrence) -> bool:
    """An ordinary weekend in a rule for every day is what was asked for; on the 15th of each month it is news."""
    if _names_dates(rule):
        return False
    days = [reason.day for reason in left_out.reasons if reason.why is Why.LEFT_OUT and reason.day]
    if len(days) != len(left_out.reasons):
        return False
    return rule.days is Days.HOLIDAYS or all(day.kind in _ORDINARY for day in days)


def _names_dates(rule: Rule) -> bool:
    match rule.kind:
        case Kind.ONCE:
            return True
        case Kind.CRON:
            return not rule.repeats.split()[2].startswith("*")
        case Kind.RRULE:
            return parse_rrule(rule.repeats).frequency in (Frequency.MONTHLY, Frequency.YEARLY)
