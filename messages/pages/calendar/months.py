"""A year as twelve months of weeks, Monday first."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from messages.pages.calendar.shown import DAY_STATES, MARKS, in_words
from messages.schedule.days import Calendar, Day, DayKind
from messages.schedule.holiday_names import holiday_name
from messages.services.calendar.content import GivenDay

_WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    on: date
    kind: str
    mark: str | Promise  # "" for a day that is as the week says
    told: str  # all of it in words
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]  # None: a day of another month


def months_of(year: int, days: Iterable[GivenDay], *, today: date) -> list[Month]:
    known = Calendar({year: {day.on: Day(day.on, DayKind(day.kind), day.name) for day in days}})
    return [_month(known, date(year, number, 1), today) for number in range(1, 13)]


def weekdays() -> list[tuple[date, str | Promise]]:
    """Seven days, a Monday first, for their long names; and their shortest ones."""
    return [(date(2024, 1, number), name) for number, name in enumerate(_WEEKDAYS, start=1)]


def _month(known: Calendar, first: date, today: date) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        tuple(tuple(_cell(known.day(on), today) if on.month == first.month else None for on in week) for week in weeks),
    )


def _cell(day: Day, today: date) -> Cell:
    state = DAY_STATES.get(day.kind)
    told = f"{in_words(day.on)}, {state.label}, {holiday_name(day.name)}" if state else in_words(day.on)
    return Cell(day.on, day.kind, MARKS.get(day.kind, ""), told, day.on == today)
