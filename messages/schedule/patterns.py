"""On which dates an RFC 5545 rule or a cron line falls, and at what times of the day; no calendar yet."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Final, Protocol

from cronsim import CronSim

from messages.schedule.rrules import Frequency, RRule, parse_rrule
from messages.schedule.rules import OF_MONTH, OF_WEEK, Kind, Rule

# A leap day that has to be a Monday comes once in 28 years, in 40 across 2100. What did not come in so long never does.
LOOK_AHEAD: Final = timedelta(days=366 * 41)
MOST_NAMED: Final = 8  # days of the month; more of them are a range, which ends where the month does
ONE_DAY: Final = timedelta(days=1)
_ANY_TIME: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - cronsim needs some wall time to take a line apart


class Pattern(Protocol):
    def holds(self, on: date) -> bool:
        """Whether it falls on this date."""

    def next_candidate(self, on: date) -> date:
        """The same date, or a later one where all between do not count. Saves looking at each."""


@dataclass(frozen=True, slots=True)
class OncePattern:
    on: date

    def holds(self, on: date) -> bool:
        return on == self.on

    def next_candidate(self, on: date) -> date:
        return max(on, self.on)


@dataclass(frozen=True)
class CronPattern:
    line: str

    @cached_property
    def parsed(self) -> CronSim:
        return CronSim(self.line, _ANY_TIME)

    @property
    def times(self) -> tuple[time, ...]:
        return tuple(time(hour, minute) for hour in sorted(self.parsed.hours) for minute in sorted(self.parsed.minutes))

    def holds(self, on: date) -> bool:
        return on.month in self.parsed.months and bool(self.parsed.match_day(on))

    def next_candidate(self, on: date) -> date:
        return on if on.month in self.parsed.months else first_of_next_month(on)


@dataclass(frozen=True, slots=True)
class RRulePattern:
    """Counts intervals from `starts`."""

    rrule: RRule
    starts: date

    def holds(self, on: date) -> bool:
        return self._periods_since(on) % self.rrule.interval == 0 and self.rrule.holds(on)

    def next_candidate(self, on: date) -> date:
        if self._periods_since(on) % self.rrule.interval:
            return self._next_period(on)
        if self.rrule.months and on.month not in self.rrule.months:
            return self._next_period(on) if self.rrule.frequency is Frequency.DAILY else first_of_next_month(on)
        return on

    def _periods_since(self, on: date) -> int:
        match self.rrule.frequency:
            case Frequency.DAILY:
                return (on - self.starts).days
            case Frequency.WEEKLY:
                return (self.rrule.week_of(on) - self.rrule.week_of(self.starts)).days // 7
            case Frequency.MONTHLY:
                return (on.year - self.starts.year) * 12 + on.month - self.starts.month
            case Frequency.YEARLY:
                return on.year - self.starts.year

    def _next_period(self, on: date) -> date:
        match self.rrule.frequency:
            case Frequency.DAILY:
                return on + timedelta(days=self.rrule.interval - self._periods_since(on) % self.rrule.interval)
            case Frequency.WEEKLY:
                return self.rrule.week_of(on) + timedelta(days=7)
            case Frequency.MONTHLY:
                return first_of_next_month(on)
            case Frequency.YEARLY:
                return date(on.year + 1, 1, 1)


@lru_cache(maxsize=2048)
def pattern_of(rule: Rule) -> Pattern:
    """Of a first or last workday it falls on the first day of each week or month, which names the period."""
    match rule.kind:
        case Kind.ONCE:
            return OncePattern(rule.starts.date())
        case Kind.CRON:
            return CronPattern(rule.repeats)
        case Kind.RRULE:
            rrule = parse_rrule(rule.repeats)
            if rule.days in OF_WEEK:
                rrule = rrule.on_first_day_of_week()
            elif rule.days in OF_MONTH:
                rrule = rrule.on_first_day_of_month(rule.starts.date())
            return RRulePattern(rrule.completed(rule.starts.date()), rule.starts.date())


@lru_cache(maxsize=2048)
def times_of(rule: Rule) -> tuple[time, ...]:
    """In order, each once; never none."""
    if rule.kind is Kind.CRON:
        return CronPattern(rule.repeats).times
    return rule.times or (rule.starts.time(),)


def may_lack_its_day(rule: Rule) -> bool:
    """Whether it names a day that some of its months do not have: the 31st, 29 February, a fifth Friday."""
    pattern = pattern_of(rule)
    if isinstance(pattern, CronPattern):
        parsed = pattern.parsed
        places = {item[1] for item in parsed.weekdays if isinstance(item, tuple)}
        days = parsed.days if len(parsed.days) <= MOST_NAMED else set()
        return _is_lacking(parsed.months, days - {CronSim.LAST, CronSim.LAST_WEEKDAY}, places)
    if isinstance(pattern, RRulePattern):
        rrule = pattern.rrule
        return _is_lacking(rrule.months, rrule.month_days, {weekday.position for weekday in rrule.weekdays})
    return False


def _is_lacking(months: Iterable[int], days: Iterable[int], places: set[int]) -> bool:
    in_short_year = (monthrange(2001, month)[1] for month in months or range(1, 13))
    return bool({5, -5} & places) or max(map(abs, days), default=0) > min(in_short_year)


def dates_of(pattern: Pattern, first: date) -> Iterator[date]:
    """From `first` on, in order. Ends where none came for LOOK_AHEAD, or where dates end."""
    on = first
    limit = _later(first, LOOK_AHEAD)
    while on <= limit:
        candidate = pattern.next_candidate(on)
        if candidate == on and pattern.holds(on):
            yield on
            limit = _later(on, LOOK_AHEAD)
        if candidate == date.max:
            return
        on = candidate if candidate > on else on + ONE_DAY


def first_of_next_month(on: date) -> date:
    if (on.year, on.month) == (date.max.year, 12):
        return date.max
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def _later(on: date, by: timedelta) -> date:
    return on + by if on <= date.max - by else date.max
