"""What a rule gives by the calendar, before any person changed one of its occurrences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from messages.schedule.changes import Change
from messages.schedule.choosing import Chosen, choose_day, period_start, wants
from messages.schedule.days import Calendar, UnknownYear
from messages.schedule.patterns import dates_of, pattern_of, times_of
from messages.schedule.reasons import Reason, Why
from messages.schedule.rules import OF_MONTH, OF_WEEK, Rule, Shift
from messages.schedule.wall_times import WallKind, WallTime, at_wall_time

ONE_DAY: Final = timedelta(days=1)
EARLIEST: Final = datetime(1, 1, 1)  # noqa: DTZ001 - a wall time
LARGEST_CHANGE: Final = timedelta(hours=3)  # of clocks, but for those few that went over the date line


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`wall`: what clocks show in the rule's zone at `at`, which is in UTC. `skipped`: it does not go out.

    `keys`: of all that fall on this one moment, its own first; they go out as one.
    """

    key: datetime
    at: datetime
    wall: datetime
    reasons: tuple[Reason, ...] = ()
    skipped: bool = False
    keys: tuple[datetime, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class _Planned:
    """An original wall time and the one to which the calendar took it."""

    key: datetime
    wall: datetime
    reasons: tuple[Reason, ...]


def series(rule: Rule, calendar: Calendar, *, after: datetime | None = None) -> Iterator[Occurrence]:
    """In the order of their moments, from about `after` on; some are before it. Raises UnknownYear where it stops."""
    # The end after so many times can be found from the start alone.
    since = None if rule.count else after
    found = _dated(rule, calendar, _first_date(rule, calendar, since), _first_wall(rule, since))
    return _counted(found, rule.count) if rule.count else found


def series_around(rule: Rule, calendar: Calendar, key: datetime) -> Iterator[Occurrence]:
    """Like series, from at most the first date on that may go out together with the key."""
    if rule.count:
        return series(rule, calendar)
    around = at_wall_time(key, rule.zone_info).moment - ONE_DAY
    return _dated(rule, calendar, _first_date(rule, calendar, around), EARLIEST)


def _counted(found: Iterable[Occurrence], count: int) -> Iterator[Occurrence]:
    for occurrence in found:
        yield occurrence
        count -= not occurrence.skipped
        if not count:
            return


def _dated(rule: Rule, calendar: Calendar, first: date, first_wall: datetime) -> Iterator[Occurrence]:
    """Dates that the calendar takes to the same day wait for each other: the day's times are in order."""
    waiting: list[_Planned] = []
    for on in dates_of(pattern_of(rule), first):
        if rule.until and on > rule.until.date():
            break
        try:
            chosen = choose_day(rule, on, calendar)
        except UnknownYear as error:
            yield from _of_one_day(rule, waiting)
            raise UnknownYear(error.year, needed_for=on) from None
        planned = [one for one in _planned(rule, on, chosen) if one.wall >= first_wall] if chosen else []
        if waiting and planned and not (chosen and chosen.on == waiting[0].wall.date()):
            yield from _of_one_day(rule, waiting)
            waiting = []
        if chosen and chosen.on is None:
            yield from (_left_out(rule, one) for one in planned)
        else:
            waiting += planned
    yield from _of_one_day(rule, waiting)


def _planned(rule: Rule, on: date, chosen: Chosen) -> list[_Planned]:
    """The rule's start and end hold for the original time; of a period's working day, for the day itself."""
    pairs = [(datetime.combine(on, at), datetime.combine(chosen.on or on, at)) for at in times_of(rule)]
    of_period = rule.days in OF_WEEK | OF_MONTH
    return [
        _Planned(key, wall, chosen.reasons)
        for key, wall in pairs
        if _is_within(rule, wall if of_period else key, chosen)
    ]


def _is_within(rule: Rule, wall: datetime, chosen: Chosen) -> bool:
    begun = rule.starts <= wall or (chosen.on is None and rule.days in OF_WEEK | OF_MONTH)
    return begun and not (rule.until and wall > rule.until)


def _left_out(rule: Rule, planned: _Planned) -> Occurrence:
    moment = at_wall_time(planned.key, rule.zone_info).moment
    return Occurrence(planned.key, moment, planned.key, planned.reasons, skipped=True, keys=(planned.key,))


def _of_one_day(rule: Rule, planned: list[_Planned]) -> Iterator[Occurrence]:
    """One for each moment, also where clocks that are put forward make one of several."""
    zone = rule.zone_info
    placed = ((at_wall_time(one.wall, zone), one) for one in sorted(planned, key=lambda one: (one.wall, one.key)))
    for moment, same in groupby(placed, key=lambda pair: pair[0].moment):
        # First the one that the rule meant for this very time, so that its key stays when others join or leave it.
        (found, main), *others = sorted(
            same, key=lambda pair: (pair[0].kind is WallKind.GAP, pair[1].key != pair[1].wall)
        )
        also = tuple(Reason(Why.ALSO, wall=other.key) for _wall, other in others)
        yield Occurrence(
            key=main.key,
            at=moment,
            wall=moment.astimezone(zone).replace(tzinfo=None),
            reasons=(*main.reasons, *_of_clocks(found, main), *also),
            keys=(main.key, *(other.key for _wall, other in others)),
        )


def _of_clocks(found: WallTime, planned: _Planned) -> tuple[Reason, ...]:
    why = {WallKind.GAP: Why.GAP, WallKind.FOLD: Why.FOLD}.get(found.kind)
    return (Reason(why, wall=planned.wall),) if why else ()


def _first_date(rule: Rule, calendar: Calendar, after: datetime | None) -> date:
    """The earliest date that may have to do with what comes after."""
    start = period_start(rule, rule.starts.date())
    if after is None:
        return start
    on = max(start, period_start(rule, after.astimezone(rule.zone_info).date()))
    if rule.shift is Shift.LATER:
        while on > start and not _is_certain(rule, calendar, on - ONE_DAY):
            on -= ONE_DAY
    return on


def _first_wall(rule: Rule, after: datetime | None) -> datetime:
    """Nothing before it comes after `after`: of a day with a thousand times most need not be placed."""
    if after is None:
        return EARLIEST
    return after.astimezone(rule.zone_info).replace(tzinfo=None) - LARGEST_CHANGE


def _is_certain(rule: Rule, calendar: Calendar, on: date) -> bool:
    """Whether nothing from this day or before it can be moved to a later one; where that is not known, it is past."""
    try:
        return wants(rule.days, calendar.day(on))
    except UnknownYear:
        return True
