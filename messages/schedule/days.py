"""Days as the official calendar and an organisation's own days see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

SATURDAY = 5


class DayKind(StrEnum):
    WORKDAY = "workday"  # Monday to Friday, and nothing said about it
    WEEKEND = "weekend"  # Saturday or Sunday, and nothing said about it
    HOLIDAY = "holiday"  # officially free, on whatever day of the week
    MAKE_UP = "make_up"  # a Saturday or Sunday on which people officially work (调休)
    CLOSED = "closed"  # free by the organisation's own word
    EXTRA = "extra"  # a working day by the organisation's own word


WORKING = frozenset({DayKind.WORKDAY, DayKind.MAKE_UP, DayKind.EXTRA})


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    kind: DayKind
    name: str = ""  # of the holiday: 国庆节; of a make-up day: of the holiday that it makes up for

    @property
    def works(self) -> bool:
        return self.kind in WORKING


class UnknownYear(Exception):
    """The official calendar of this year is not known, and nobody guesses it.

    `needed_for`: the date of a rule that cannot be decided without it.
    """

    def __init__(self, year: int, needed_for: date | None = None) -> None:
        super().__init__(f"the official calendar of {year} is not known")
        self.year = year
        self.needed_for = needed_for


@dataclass(frozen=True, slots=True)
class Calendar:
    """The known years with their days that are not as the week says, and the organisation's own days on top."""

    years: Mapping[int, Mapping[date, Day]]
    own: Mapping[date, Day] = field(default_factory=dict)

    def day(self, on: date) -> Day:
        """Raises UnknownYear, also where an own day is known: what stands around it is not."""
        if on.year not in self.years:
            raise UnknownYear(on.year)
        as_the_week_says = Day(on, DayKind.WEEKEND if on.weekday() >= SATURDAY else DayKind.WORKDAY)
        return self.own.get(on) or self.years[on.year].get(on) or as_the_week_says
