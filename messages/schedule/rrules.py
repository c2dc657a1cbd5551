"""The part of RFC 5545's RRULE that names dates: read, written and held against a date."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_INTERVAL: Final = 999
_WEEKDAY: Final = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER: Final = re.compile(r"[+-]?[1-9]\d{0,2}")
_TIMES: Final = frozenset({"BYHOUR", "BYMINUTE", "COUNT", "UNTIL"})


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class BadRRule(ValueError):
    """`part`: the name or the value in the text that is wrong; "" when the text as a whole is."""

    def __init__(self, part: str = "") -> None:
        super().__init__("not a rule that can be followed")
        self.part = part


@dataclass(frozen=True, slots=True, order=True)
class Weekday:
    number: int  # Monday is 0
    position: int = 0  # 2: the second of the month (or year), -1: the last; 0: each

    def __str__(self) -> str:
        return f"{self.position or ''}{WEEKDAYS[self.number]}"


@dataclass(frozen=True, slots=True)
class RRule:
    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()  # -1: the last day of the month
    weekdays: tuple[Weekday, ...] = ()
    positions: tuple[int, ...] = ()  # BYSETPOS: which of the dates of a period
    week_starts: int = 0

    def __str__(self) -> str:
        parts = [("FREQ", self.frequency.value)]
        if self.interval != 1:
            parts.append(("INTERVAL", str(self.interval)))
        lists = (("BYMONTH", self.months), ("BYMONTHDAY", self.month_days), ("BYDAY", self.weekdays))
        parts += [
            (name, ",".join(map(str, values))) for name, values in (*lists, ("BYSETPOS", self.positions)) if values
        ]
        if self.week_starts:
            parts.append(("WKST", WEEKDAYS[self.week_starts]))
        return ";".join(f"{name}={value}" for name, value in parts)

    def holds(self, on: date) -> bool:
        """Whether it falls on this date, whatever the interval. It has to be complete."""
        if not self._matches(on):
            return False
        return not self.positions or on in _picked(self, self._first_of_period(on))

    def completed(self, starts: date) -> RRule:
        """What it does not say is read from the start: every year means on this day of this month."""
        if self.weekdays or self.month_days or self.frequency is Frequency.DAILY:
            return self
        if self.frequency is Frequency.WEEKLY:
            return replace(self, weekdays=(Weekday(starts.weekday()),))
        months = self.months or ((starts.month,) if self.frequency is Frequency.YEARLY else ())
        return replace(self, months=months, month_days=(starts.day,))

    def on_first_day_of_week(self) -> RRule:
        return replace(self, weekdays=(Weekday(0),), week_starts=0)

    def on_first_day_of_month(self, starts: date) -> RRule:
        months = self.months or ((starts.month,) if self.frequency is Frequency.YEARLY else ())
        return replace(self, months=months, month_days=(1,))

    def week_of(self, on: date) -> date:
        """The first day of its week."""
        return on - timedelta(days=(on.weekday() - self.week_starts) % 7)

    def _matches(self, on: date) -> bool:
        if self.months and on.month not in self.months:
            return False
        if self.month_days and not {on.day, on.day - _month_length(on) - 1} & set(self.month_days):
            return False
        return not self.weekdays or any(self._is_weekday(on, weekday) for weekday in self.weekdays)

    def _is_weekday(self, on: date, weekday: Weekday) -> bool:
        if on.weekday() != weekday.number:
            return False
        if not weekday.position:
            return True
        if self.frequency is Frequency.YEARLY and not self.months:
            day, length = on.timetuple().tm_yday, 366 if calendar.isleap(on.year) else 365
        else:
            day, length = on.day, _month_length(on)
        return weekday.position in ((day - 1) // 7 + 1, -((length - day) // 7 + 1))

    def _first_of_period(self, on: date) -> date:
        match self.frequency:
            case Frequency.DAILY:
                return on
            case Frequency.WEEKLY:
                return self.week_of(on)
            case Frequency.MONTHLY:
                return on.replace(day=1)
            case Frequency.YEARLY:
                return on.replace(month=1, day=1)


@lru_cache(maxsize=2048)
def parse_rrule(text: str) -> RRule:
    """Raises BadRRule. Times of the day, an end and a count are not of it: split_rrule takes them off."""
    parts, rest = split_rrule(text)
    if rest:
        raise BadRRule(next(iter(rest)))
    try:
        frequency = Frequency(parts.pop("FREQ"))
    except (KeyError, ValueError):
        raise BadRRule("FREQ") from None
    rrule = RRule(
        frequency,
        interval=_one(parts, "INTERVAL", LONGEST_INTERVAL, default=1),
        months=_numbers(parts, "BYMONTH", 1, 12),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        weekdays=_weekdays(parts),
        positions=_numbers(parts, "BYSETPOS", -366, 366),
        week_starts=_week_starts(parts),
    )
    _refuse(rrule, parts)
    return rrule


def split_rrule(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """What names dates, and what names times of the day, the end or the count. Raises BadRRule."""
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise BadRRule(part)
        parts[name] = value
    rest = {name: parts.pop(name) for name in _TIMES & parts.keys()}
    return parts, rest


def _refuse(rrule: RRule, unknown: dict[str, str]) -> None:
    """What has no meaning, or one that calendars do not agree on."""
    if unknown:
        raise BadRRule(next(iter(unknown)))
    if rrule.month_days and rrule.frequency is Frequency.WEEKLY:
        raise BadRRule("BYMONTHDAY")
    if rrule.frequency in (Frequency.DAILY, Frequency.WEEKLY) and any(day.position for day in rrule.weekdays):
        raise BadRRule("BYDAY")
    if rrule.positions and not (rrule.weekdays or rrule.month_days):
        raise BadRRule("BYSETPOS")


def _one(parts: dict[str, str], name: str, highest: int, *, default: int) -> int:
    numbers = _numbers(parts, name, 1, highest)
    if len(numbers) > 1:
        raise BadRRule(name)
    return numbers[0] if numbers else default


def _numbers(parts: dict[str, str], name: str, lowest: int, highest: int) -> tuple[int, ...]:
    if name not in parts:
        return ()
    texts = parts.pop(name).split(",")
    if not all(_NUMBER.fullmatch(text) and lowest <= int(text) <= highest for text in texts):
        raise BadRRule(name)
    return tuple(sorted({int(text) for text in texts}, key=lambda number: (number < 0, number)))


def _weekdays(parts: dict[str, str]) -> tuple[Weekday, ...]:
    if "BYDAY" not in parts:
        return ()
    found = [_WEEKDAY.fullmatch(text) for text in parts.pop("BYDAY").split(",")]
    if not all(found):
        raise BadRRule("BYDAY")
    days = {Weekday(WEEKDAYS.index(match[2]), int(match[1] or 0)) for match in found if match}
    if any(abs(day.position) > 53 for day in days):
        raise BadRRule("BYDAY")
    return tuple(sorted(days))


def _week_starts(parts: dict[str, str]) -> int:
    value = parts.pop("WKST", "MO")
    if value not in WEEKDAYS:
        raise BadRRule("WKST")
    return WEEKDAYS.index(value)


@lru_cache(maxsize=4096)
def _picked(rrule: RRule, first: date) -> frozenset[date]:
    """The dates at its positions among all of the period that begins on `first`."""
    last = min(first + _length(rrule.frequency, first) - timedelta(days=1), date.max)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    of_period = [day for day in days if rrule._matches(day)]
    places = [position - 1 if position > 0 else position + len(of_period) for position in rrule.positions]
    return frozenset(of_period[place] for place in places if 0 <= place < len(of_period))


def _length(frequency: Frequency, first: date) -> timedelta:
    days = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: _month_length(first)}
    return timedelta(days=days.get(frequency, 366 if calendar.isleap(first.year) else 365))


def _month_length(on: date) -> int:
    return calendar.monthrange(on.year, on.month)[1]
