"""Makes rules of what people choose or type, and says of each mistake to which field it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from messages.schedule.patterns import dates_of, pattern_of, times_of
from messages.schedule.rrules import Frequency, RRule, parse_rrule
from messages.schedule.rules import (
    COUNTED,
    DEFAULT_ZONE,
    FILTERS,
    OF_MONTH,
    OF_WEEK,
    BadRule,
    Days,
    Kind,
    Rule,
    RuleError,
    Shift,
)
from messages.schedule.typed import Typed, read_repeats
from messages.schedule.wall_times import UnknownZone, zone_named

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199
MOST_COUNTED: Final = 1000  # the end after so many is found by walking there from the start
MOST_WORKDAYS_BEFORE: Final = 60
ONE_MINUTE: Final = timedelta(minutes=1)
ONE_DAY: Final = timedelta(days=1)


def make_rule(
    *,
    starts: datetime,
    zone: str = DEFAULT_ZONE,
    repeats: str = "",
    times: Iterable[time] = (),
    until: datetime | None = None,
    count: int | None = None,
    days: Days | str = Days.ANY,
    shift: Shift | str = Shift.SKIP,
    workdays_before: int = 0,
) -> Rule:
    """Raises BadRule with its mistakes. Times of the day, end and count may also stand in an RFC 5545 rule.

    What is beyond the calendar, or never comes by it, first_firing tells.
    """
    typed = _read(repeats, zone)
    given = tuple(times)
    rule = Rule(
        starts=starts.replace(microsecond=0),
        zone=zone,
        repeats=typed.repeats,
        times=tuple(sorted({*given, *typed.times})),
        until=until or typed.until,
        count=typed.count if count is None else count,
        days=_days(days),
        shift=_shift(shift),
        workdays_before=workdays_before,
    )
    errors = [*_both_given(until, count, typed), *_mistakes(rule)]
    # Whether it comes at all can be asked only of a rule without other mistakes.
    errors = errors or list(_never(rule))
    if errors:
        raise BadRule(*errors)
    return _with_its_time(rule)


def _read(repeats: str, zone: str) -> Typed:
    """Raises BadRule for the zone as well as for the text, together."""
    errors: list[RuleError] = []
    typed, info = Typed(""), ZoneInfo("UTC")
    try:
        info = zone_named(zone)
    except UnknownZone as error:
        errors.append(RuleError("zone", "unknown_zone", error.text))
    try:
        typed = read_repeats(repeats, info)
    except BadRule as error:
        errors += error.errors
    if errors:
        raise BadRule(*errors)
    return typed


def _days(value: Days | str) -> Days:
    try:
        return Days(value)
    except ValueError:
        raise BadRule(RuleError("days", "unknown", _("Choose one of the days offered."))) from None


def _shift(value: Shift | str) -> Shift:
    try:
        return Shift(value)
    except ValueError:
        raise BadRule(RuleError("shift", "unknown", _("Choose skip, earlier or later."))) from None


def _both_given(until: datetime | None, count: int | None, typed: Typed) -> Iterator[RuleError]:
    if until and typed.until:
        yield RuleError("until", "twice", _("The rule itself names an end, too: keep one of them."))
    if count is not None and typed.count is not None:
        yield RuleError("count", "twice", _("The rule itself names a number of times, too: keep one of them."))


def _mistakes(rule: Rule) -> Iterator[RuleError]:
    yield from _mistakes_of_start_and_end(rule)
    yield from _mistakes_of_times(rule)
    yield from _mistakes_of_days(rule)


def _mistakes_of_start_and_end(rule: Rule) -> Iterator[RuleError]:
    if not FIRST_YEAR <= rule.starts.year <= LAST_YEAR:
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        yield RuleError("starts", "too_far", _("Choose a date between %(first)d and %(last)d.") % years)
    if rule.until and rule.until < rule.starts:
        yield RuleError("until", "before_start", _("It would end before it starts."))
    if rule.count is not None and not 1 <= rule.count <= MOST_COUNTED:
        yield RuleError("count", "out_of_range", _("It goes out 1 to %(most)d times.") % {"most": MOST_COUNTED})
    if rule.count is not None and rule.until:
        yield RuleError("count", "two_ends", _("Choose an end date or a number of times, not both."))


def _mistakes_of_times(rule: Rule) -> Iterator[RuleError]:
    if rule.times and rule.kind is Kind.CRON:
        yield RuleError("times", "cron_has_its_own", _("A cron line has its own times of the day."))
    elif len(rule.times) > 1 and rule.kind is Kind.ONCE:
        yield RuleError("times", "once", _("What goes out once has one time."))
    moments = [datetime.combine(rule.starts, at) for at in times_of(rule)]
    around = [*moments, moments[0] + ONE_DAY]
    if any(later - earlier < ONE_MINUTE for earlier, later in pairwise(around)):
        yield RuleError("times", "too_often", _("It would go out more often than once a minute."))


def _mistakes_of_days(rule: Rule) -> Iterator[RuleError]:
    if rule.shift is not Shift.SKIP and rule.days not in FILTERS:
        yield RuleError("shift", "nothing_to_shift", _("With this choice of days there is nothing to move."))
    if rule.days in COUNTED and not 1 <= rule.workdays_before <= MOST_WORKDAYS_BEFORE:
        most = {"most": MOST_WORKDAYS_BEFORE}
        yield RuleError("workdays_before", "out_of_range", _("Choose 1 to %(most)d working days.") % most)
    if rule.workdays_before and rule.days not in COUNTED:
        yield RuleError("workdays_before", "not_counted", _("With this choice of days no working days are counted."))
    wanted = _wanted(rule)
    if wanted:
        yield RuleError("days", "other_repetition", wanted)


def _wanted(rule: Rule) -> str:
    """How a rule must repeat for its choice of days; "" when it does."""
    rrule = parse_rrule(rule.repeats) if rule.kind is Kind.RRULE else None
    if rule.days in OF_WEEK and not _is_plain(rrule, Frequency.WEEKLY):
        return _("The first or last working day of a week needs a rule that repeats weekly and names no day.")
    if rule.days in OF_MONTH and not _is_plain(rrule, Frequency.MONTHLY, Frequency.YEARLY):
        return _("The first or last working day of a month needs a rule that repeats monthly and names no day.")
    if rule.days is Days.BEFORE_HOLIDAYS and not (_is_plain(rrule, Frequency.DAILY) and rrule and rrule.interval == 1):
        return _("Before each holiday needs a rule that repeats daily.")
    return ""


def _is_plain(rrule: RRule | None, *frequencies: Frequency) -> bool:
    return rrule is not None and rrule.frequency in frequencies and not (rrule.weekdays or rrule.month_days)


def _never(rule: Rule) -> Iterator[RuleError]:
    if rule.days in OF_WEEK | OF_MONTH:
        return  # Which day it is only the calendar tells.
    # On the first date all times may be over at the start; on the second none is.
    dates = list(islice(dates_of(pattern_of(rule), rule.starts.date()), 2))
    if not dates:
        yield RuleError("repeats", "never", _("No date fits this rule: it would never go out."))
        return
    walls = (datetime.combine(on, at) for on in dates for at in times_of(rule))
    first = next((wall for wall in walls if wall >= rule.starts), None)
    if first is None:
        yield RuleError("times", "never", _("Its time is over when it starts: it would never go out."))
    elif rule.until and first > rule.until:
        yield RuleError("until", "never", _("It would end before it goes out for the first time."))


def _with_its_time(rule: Rule) -> Rule:
    """Once, at a time that was given apart: the start says it all, so that the same rule gives the same text."""
    if rule.kind is Kind.ONCE and rule.times:
        return replace(rule, starts=datetime.combine(rule.starts, rule.times[0]), times=())
    return rule
