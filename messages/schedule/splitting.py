"""This and later: a series ends, and another one begins, which goes its own way from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from messages.schedule.days import Calendar
from messages.schedule.occurrences import find_occurrence
from messages.schedule.patterns import times_of
from messages.schedule.rules import Kind, Rule
from messages.schedule.series import Occurrence, series


class NoSuchOccurrence(ValueError):
    def __init__(self, key: datetime) -> None:
        super().__init__("the rule has no such occurrence")
        self.key = key


def split_rule(rule: Rule, calendar: Calendar, key: datetime) -> tuple[Rule | None, Rule]:
    """The series up to before the occurrence (None: nothing is left of it), and the one that begins with it.

    Together they go out as the one did. Raises NoSuchOccurrence and UnknownYear.
    """
    found = find_occurrence(rule, calendar, key)
    if found is None:
        raise NoSuchOccurrence(key)
    at = _first_wall(found)
    earlier = _count_before(rule, calendar, at) if rule.count else 0
    times = times_of(rule) if rule.kind is Kind.RRULE else ()
    later = replace(rule, starts=at, times=times, count=rule.count - earlier if rule.count else None)
    until = at - timedelta(seconds=1)
    return (replace(rule, until=until, count=None) if until >= rule.starts else None), later


def _first_wall(occurrence: Occurrence) -> datetime:
    """Where dates meet on one day, they stay together: both series would go out on it otherwise."""
    if set(occurrence.keys) == {occurrence.wall}:
        return occurrence.key
    return datetime.combine(min(occurrence.keys), time.min)


def _count_before(rule: Rule, calendar: Calendar, at: datetime) -> int:
    count = 0
    for found in series(rule, calendar):
        if max(found.keys) >= at:
            break
        count += not found.skipped
    return count
