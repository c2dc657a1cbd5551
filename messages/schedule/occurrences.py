"""The occurrences of a rule, one after the other: when each goes out, why then, or why not. Lazy, and always ending.

An occurrence is named by its key: the wall time that the rule gave before the calendar or a person moved it. For the
first or last working day of a week or month it is the period's first day; before a date or a holiday, that date.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from messages.schedule.changes import Change, ChangeKind
from messages.schedule.days import Calendar, UnknownYear
from messages.schedule.reasons import Reason, Why
from messages.schedule.rules import Rule
from messages.schedule.series import Occurrence, series, series_around
from messages.schedule.wall_times import at_wall_time


def occurrences(
    rule: Rule, calendar: Calendar, changes: Iterable[Change] = (), *, after: datetime | None = None
) -> Iterator[Occurrence]:
    """Those whose moment is later than `after` (None: all), in the order of their moments; two never share one.

    Those that do not go out come, too, marked as skipped. Raises UnknownYear at the first that the known calendar does
    not decide, with the date of the rule that needs it. A change that belongs to no occurrence changes nothing.
    """
    by_key = {change.key: change for change in changes}
    moved = deque(_moved(rule, calendar, by_key.values(), after))
    found = (_changed(one, by_key) for one in series(rule, calendar, after=after))
    for occurrence in _in_order(found, moved):
        if after is None or occurrence.at > after:
            yield occurrence


def firings(
    rule: Rule, calendar: Calendar, changes: Iterable[Change] = (), *, after: datetime | None = None
) -> Iterator[Occurrence]:
    """Those that go out."""
    return (found for found in occurrences(rule, calendar, changes, after=after) if not found.skipped)


def find_occurrence(rule: Rule, calendar: Calendar, key: datetime) -> Occurrence | None:
    """By its key, as it is without changes; None when the rule has no such occurrence. Raises UnknownYear."""
    for found in series_around(rule, calendar, key):
        if key in found.keys:
            return found
        if min(found.keys).date() > key.date():
            return None
    return None


def _changed(occurrence: Occurrence, by_key: dict[datetime, Change]) -> Occurrence | None:
    """None when it is moved: it comes at its new place. A change of any of its keys holds for the whole of it."""
    change = next((by_key[key] for key in occurrence.keys if key in by_key), None)
    if change is None:
        return occurrence
    match change.kind:
        case ChangeKind.MOVE:
            return None
        case ChangeKind.SKIP:
            return _with(occurrence, change, Why.SKIPPED, skipped=True)
        case ChangeKind.EDIT:
            return _with(occurrence, change, Why.EDITED, skipped=occurrence.skipped)


def _with(occurrence: Occurrence, change: Change, why: Why, *, skipped: bool) -> Occurrence:
    reason = Reason(why, wall=occurrence.wall, by=change.by, at=change.at)
    return replace(occurrence, reasons=(*occurrence.reasons, reason), skipped=skipped, change=change)


def _moved(rule: Rule, calendar: Calendar, changes: Iterable[Change], after: datetime | None) -> list[Occurrence]:
    """By people, in the order of their new moments."""
    placed = []
    for change in changes:
        if change.to is None:
            continue
        moment = at_wall_time(change.to, rule.zone_info).moment
        if after is not None and moment <= after:
            continue
        original = _original(rule, calendar, change.key)
        if original:
            placed.append(_at_new_place(original, change, moment, rule))
    return sorted(placed, key=lambda one: one.at)


def _original(rule: Rule, calendar: Calendar, key: datetime) -> Occurrence | None:
    """In a year that is not known any more it is taken as it was when a person moved it."""
    try:
        return find_occurrence(rule, calendar, key)
    except UnknownYear:
        return Occurrence(key, at_wall_time(key, rule.zone_info).moment, key, keys=(key,))


def _at_new_place(original: Occurrence, change: Change, moment: datetime, rule: Rule) -> Occurrence:
    reason = Reason(Why.MOVED, wall=original.wall, by=change.by, at=change.at)
    wall = moment.astimezone(rule.zone_info).replace(tzinfo=None)
    return replace(original, at=moment, wall=wall, reasons=(reason,), skipped=False, change=change)


def _in_order(found: Iterable[Occurrence | None], moved: deque[Occurrence]) -> Iterator[Occurrence]:
    last: Occurrence | None = None
    try:
        for occurrence in _merged(found, moved):
            if last and not last.skipped and not occurrence.skipped and occurrence.at == last.at:
                last = _joined(last, occurrence)
                continue
            if last:
                yield last
            last = occurrence
    except UnknownYear:
        if last:
            yield last
        raise
    if last:
        yield last


def _merged(found: Iterable[Occurrence | None], moved: deque[Occurrence]) -> Iterator[Occurrence]:
    """Before a date that is not decided come only those that people moved to before it."""
    try:
        for occurrence in found:
            if occurrence is None:
                continue
            while moved and moved[0].at <= occurrence.at:
                yield moved.popleft()
            yield occurrence
    except UnknownYear as error:
        while moved and error.needed_for and moved[0].wall.date() < error.needed_for:
            yield moved.popleft()
        raise
    yield from moved


def _joined(first: Occurrence, second: Occurrence) -> Occurrence:
    also = tuple(Reason(Why.ALSO, wall=key) for key in second.keys)
    return replace(first, keys=(*first.keys, *second.keys), reasons=(*first.reasons, *also))
