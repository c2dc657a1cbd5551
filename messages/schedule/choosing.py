"""What the calendar makes of a date of the rule: the day on which it goes out, and why."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from messages.schedule.days import Calendar, Day, DayKind, UnknownYear
from messages.schedule.reasons import Reason, Why
from messages.schedule.rules import OF_MONTH, OF_WEEK, Days, Rule, Shift

ONE_DAY: Final = timedelta(days=1)
# Holidays are less than five months apart. Whoever closes for longer than this has nothing to move to.
FARTHEST_SHIFT: Final = 400
_HOLIDAYS: Final = frozenset({DayKind.HOLIDAY, DayKind.CLOSED})
_ADDED: Final = frozenset({DayKind.MAKE_UP, DayKind.EXTRA})


@dataclass(frozen=True, slots=True)
class Chosen:
    """`on`: None when the calendar leaves the date out."""

    on: date | None
    reasons: tuple[Reason, ...] = ()


def choose_day(rule: Rule, on: date, calendar: Calendar) -> Chosen | None:
    """None when nothing was meant for this date. Raises UnknownYear.

    A later date never gives an earlier day.
    """
    match rule.days:
        case Days.ANY:
            return Chosen(on, _told(on, calendar))
        case Days.BEFORE:
            return _before(rule, calendar.day(on), Why.BEFORE, calendar)
        case Days.BEFORE_HOLIDAYS:
            return _before(rule, calendar.day(on), Why.BEFORE_HOLIDAY, calendar) if begins(on, calendar) else None
        case Days.FIRST_OF_WEEK | Days.LAST_OF_WEEK | Days.FIRST_OF_MONTH | Days.LAST_OF_MONTH:
            return _of_period(rule, on, calendar)
        case _:
            return _filtered(rule, calendar.day(on), calendar)


def wants(days: Days, day: Day) -> bool:
    match days:
        case Days.WORKDAYS:
            return day.works
        case Days.DAYS_OFF:
            return not day.works
        case Days.HOLIDAYS:
            return day.kind in _HOLIDAYS
        case _:
            return True


def begins(on: date, calendar: Calendar) -> bool:
    """Whether a holiday begins on it: no other holiday is joined to it before, by weekends if need be."""
    if calendar.day(on).kind not in _HOLIDAYS:
        return False
    before = on - ONE_DAY
    while calendar.day(before).kind is DayKind.WEEKEND:
        before -= ONE_DAY
    return calendar.day(before).works


def period_start(rule: Rule, on: date) -> date:
    """The first day of its week or month, for a rule that asks for one working day of each."""
    if rule.days in OF_WEEK:
        return on - timedelta(days=on.weekday())
    return on.replace(day=1) if rule.days in OF_MONTH else on


def _filtered(rule: Rule, day: Day, calendar: Calendar) -> Chosen:
    if wants(rule.days, day):
        return Chosen(day.on, _noted(day, rule.days))
    left_out = Chosen(None, (Reason(Why.LEFT_OUT, day=day),))
    if rule.shift is Shift.SKIP:
        return left_out
    why, step = (Why.EARLIER, -ONE_DAY) if rule.shift is Shift.EARLIER else (Why.LATER, ONE_DAY)
    near = (calendar.day(on) for on in islice(_walk(day.on, step), FARTHEST_SHIFT))
    found = next((other for other in near if wants(rule.days, other)), None)
    return Chosen(found.on, (Reason(why, day=day), *_noted(found, rule.days))) if found else left_out


def _before(rule: Rule, day: Day, why: Why, calendar: Calendar) -> Chosen:
    back = (calendar.day(on) for on in islice(_walk(day.on, -ONE_DAY), FARTHEST_SHIFT))
    found = next(islice((other for other in back if other.works), rule.workdays_before - 1, None), None)
    reason = Reason(why, day=day, number=rule.workdays_before)
    if not found:
        return Chosen(None, (Reason(Why.NO_WORKDAY, day=day),))
    return Chosen(found.on, (reason, *_noted(found, Days.WORKDAYS)))


def _of_period(rule: Rule, first: date, calendar: Calendar) -> Chosen:
    length = 7 if rule.days in OF_WEEK else months.monthrange(first.year, first.month)[1]
    days = [first + timedelta(days=number) for number in range(length)]
    if rule.days in (Days.LAST_OF_WEEK, Days.LAST_OF_MONTH):
        days.reverse()
    found = _first_working(days, calendar)
    if not found:
        return Chosen(None, (Reason(Why.NO_WORKDAY, day=Day(first, calendar.day(first).kind)),))
    return Chosen(found.on, (Reason(Why(rule.days.value), day=found), *_noted(found, Days.WORKDAYS)))


def _first_working(days: Iterable[date], calendar: Calendar) -> Day | None:
    return next((day for on in days if (day := calendar.day(on)).works), None)


def _noted(day: Day, days: Days) -> tuple[Reason, ...]:
    if days is Days.WORKDAYS:
        return (Reason(Why.ADDED, day=day),) if day.kind in _ADDED else ()
    return (Reason(Why.HOLIDAY, day=day),) if day.kind in _HOLIDAYS else ()


def _told(on: date, calendar: Calendar) -> tuple[Reason, ...]:
    """That a date is a holiday is told where it changes nothing, too; not knowing it changes nothing either."""
    try:
        return _noted(calendar.day(on), Days.ANY)
    except UnknownYear:
        return ()


def _walk(on: date, step: timedelta) -> Iterator[date]:
    while True:
        on += step
        yield on
