"""A rule: when something goes out, again and again, as wall times in a named zone. Made by make_rule, kept as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = "Asia/Shanghai"


class Kind(StrEnum):
    ONCE = "once"
    RRULE = "rrule"  # RFC 5545
    CRON = "cron"


class Days(StrEnum):
    """What the calendar has to say. Values are kept in rules."""

    ANY = "any"
    WORKDAYS = "workdays"  # official ones, with make-up days, and the organisation's own
    DAYS_OFF = "days_off"  # all others: weekends that are not made up for, holidays, closed days
    HOLIDAYS = "holidays"  # official holidays and closed days; no ordinary weekend
    FIRST_OF_WEEK = "first_of_week"  # the first workday of each week, Monday to Sunday
    LAST_OF_WEEK = "last_of_week"
    FIRST_OF_MONTH = "first_of_month"
    LAST_OF_MONTH = "last_of_month"
    BEFORE = "before"  # so many workdays before each date of the rule
    BEFORE_HOLIDAYS = "before_holidays"  # so many workdays before each holiday begins


class Shift(StrEnum):
    """Where a date goes that the calendar does not want."""

    SKIP = "skip"
    EARLIER = "earlier"  # to the nearest day before that it wants
    LATER = "later"


FILTERS: Final = frozenset({Days.WORKDAYS, Days.DAYS_OFF, Days.HOLIDAYS})
OF_WEEK: Final = frozenset({Days.FIRST_OF_WEEK, Days.LAST_OF_WEEK})
OF_MONTH: Final = frozenset({Days.FIRST_OF_MONTH, Days.LAST_OF_MONTH})
COUNTED: Final = frozenset({Days.BEFORE, Days.BEFORE_HOLIDAYS})


@dataclass(frozen=True, slots=True)
class Rule:
    """All times are wall times in `zone`, without a zone of their own.

    `starts`: nothing that the rule means is before it; its time of day counts where `times` is empty, and its date
    where the rule does not name one (every two weeks: counted from here).
    `repeats`: "" once, an RFC 5545 rule without its name ("FREQ=WEEKLY;BYDAY=FR"), or a cron line ("0 9 * * 1-5").
    `times`: of the day, in order; a cron line has its own. `until`: inclusive. `count`: of what fires by the calendar.
    """

    starts: datetime
    zone: str = DEFAULT_ZONE
    repeats: str = ""
    times: tuple[time, ...] = ()
    until: datetime | None = None
    count: int | None = None
    days: Days = Days.ANY
    shift: Shift = Shift.SKIP
    workdays_before: int = 0

    @property
    def kind(self) -> Kind:
        if not self.repeats:
            return Kind.ONCE
        return Kind.RRULE if self.repeats.startswith("FREQ=") else Kind.CRON

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def asks_the_calendar(self) -> bool:
        return self.days is not Days.ANY


@dataclass(frozen=True, slots=True)
class RuleError:
    """`field`: the argument of make_rule that it belongs to. `text`: for people, in the language that was active."""

    field: str
    code: str
    text: str


class BadRule(ValueError):
    def __init__(self, *errors: RuleError) -> None:
        super().__init__(", ".join(f"{error.field}: {error.code}" for error in errors))
        self.errors = errors
