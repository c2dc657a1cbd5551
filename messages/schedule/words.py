"""A rule in words, as a person would say it: every workday at 09:00, 每个工作日 9:00."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from messages.schedule.cron_words import MOST_TIMES, cron_dates_in_words, cron_times_in_words
from messages.schedule.date_words import dates_in_words, in_months, within_months
from messages.schedule.patterns import may_lack_its_day, times_of
from messages.schedule.phrases import date_words, listed, moment_words, short_date_words, time_words
from messages.schedule.rrules import Frequency, RRule, parse_rrule
from messages.schedule.rules import FILTERS, Days, Kind, Rule, Shift
from messages.schedule.typed import END_OF_DAY

_EVERY: Final[dict[Days, Promise]] = {
    Days.WORKDAYS: gettext_lazy("every workday"),
    Days.DAYS_OFF: gettext_lazy("every day off"),
    Days.HOLIDAYS: gettext_lazy("every holiday"),
}
_ONLY: Final[dict[tuple[Days, Shift], Promise]] = {
    (Days.WORKDAYS, Shift.SKIP): gettext_lazy("left out if that is not a workday"),
    (Days.WORKDAYS, Shift.EARLIER): gettext_lazy("if that is not a workday, on the workday before"),
    (Days.WORKDAYS, Shift.LATER): gettext_lazy("if that is not a workday, on the next workday"),
    (Days.DAYS_OFF, Shift.SKIP): gettext_lazy("left out if that is a workday"),
    (Days.DAYS_OFF, Shift.EARLIER): gettext_lazy("if that is a workday, on the day off before"),
    (Days.DAYS_OFF, Shift.LATER): gettext_lazy("if that is a workday, on the next day off"),
    (Days.HOLIDAYS, Shift.SKIP): gettext_lazy("left out if that is not a holiday"),
    (Days.HOLIDAYS, Shift.EARLIER): gettext_lazy("if that is not a holiday, on the holiday before"),
    (Days.HOLIDAYS, Shift.LATER): gettext_lazy("if that is not a holiday, on the next holiday"),
}


def rule_in_words(rule: Rule, *, start: bool = False) -> str:
    """One line without a full stop. `start`: also from when on, for a rule that has not begun."""
    told = {"dates": _dates(rule), "times": _times(rule), "zone": rule.zone}
    few = len(times_of(rule)) <= MOST_TIMES
    words = (_("%(dates)s %(times)s (%(zone)s)") if few else _("%(dates)s, %(times)s (%(zone)s)")) % told
    for more in _more(rule, start=start):
        words = _("%(rule)s, %(more)s") % {"rule": words, "more": more}
    return capfirst(words)


def _dates(rule: Rule) -> str:
    match rule.days:
        case Days.WORKDAYS | Days.DAYS_OFF | Days.HOLIDAYS if _is_each_of_them(rule):
            return str(_EVERY[rule.days])
        case Days.BEFORE:
            return _before(rule.workdays_before, _plain_dates(rule))
        case Days.BEFORE_HOLIDAYS:
            return _before_holidays(rule.workdays_before)
        case Days.FIRST_OF_WEEK | Days.LAST_OF_WEEK:
            return _of_week(rule.days, parse_rrule(rule.repeats))
        case Days.FIRST_OF_MONTH | Days.LAST_OF_MONTH:
            return _of_month(rule.days, parse_rrule(rule.repeats).on_first_day_of_month(rule.starts.date()))
        case _:
            return _plain_dates(rule)


def _plain_dates(rule: Rule) -> str:
    match rule.kind:
        case Kind.ONCE:
            return _("once on %(date)s") % {"date": date_words(rule.starts)}
        case Kind.CRON:
            return cron_dates_in_words(rule.repeats)
        case Kind.RRULE:
            return dates_in_words(parse_rrule(rule.repeats).completed(rule.starts.date()))


def _times(rule: Rule) -> str:
    if rule.kind is Kind.CRON:
        return cron_times_in_words(rule.repeats)
    return _("at %(times)s") % {"times": listed(time_words(at) for at in times_of(rule))}


def _more(rule: Rule, *, start: bool) -> Iterator[str]:
    if rule.days in FILTERS and not _is_each_of_them(rule):
        yield str(_ONLY[rule.days, rule.shift])
    if may_lack_its_day(rule):
        yield _("left out where there is no such day")
    if start and rule.kind is not Kind.ONCE:
        yield _("from %(date)s") % {"date": short_date_words(rule.starts, year=True)}
    if rule.until:
        yield _("until %(time)s") % {"time": _end(rule.until)}
    if rule.count:
        yield ngettext("%(count)d time", "%(count)d times", rule.count) % {"count": rule.count}


def _end(until: datetime) -> str:
    date = short_date_words(until, year=True)
    return date if until.time() == END_OF_DAY else moment_words(date, time_words(until))


def _is_each_of_them(rule: Rule) -> bool:
    """Every day, of which those that the calendar does not want are left out: every workday."""
    if rule.shift is not Shift.SKIP:
        return False
    if rule.kind is Kind.CRON:
        return rule.repeats.split()[2:] == ["*", "*", "*"]
    return rule.kind is Kind.RRULE and parse_rrule(rule.repeats) == RRule(Frequency.DAILY)


def _before(count: int, dates: str) -> str:
    if count == 1:
        return _("the workday before %(dates)s") % {"dates": dates}
    return _("%(count)d workdays before %(dates)s") % {"count": count, "dates": dates}


def _before_holidays(count: int) -> str:
    if count == 1:
        return _("the last workday before each holiday")
    return _("%(count)d workdays before each holiday") % {"count": count}


def _of_week(days: Days, rrule: RRule) -> str:
    first = days is Days.FIRST_OF_WEEK
    if rrule.interval == 1:
        words = _("the first workday of every week") if first else _("the last workday of every week")
    elif first:
        words = _("the first workday of the week, every %(count)d weeks") % {"count": rrule.interval}
    else:
        words = _("the last workday of the week, every %(count)d weeks") % {"count": rrule.interval}
    return in_months(rrule.months, words)


def _of_month(days: Days, rrule: RRule) -> str:
    first = days is Days.FIRST_OF_MONTH
    words = pgettext("of a month", "the first workday") if first else pgettext("of a month", "the last workday")
    return within_months(words, rrule, rrule.interval)
