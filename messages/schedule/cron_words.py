"""A cron line in words, times and dates apart, in those of RFC 5545 rules where both can say it."""

from __future__ import annotations

from datetime import time
from typing import Final

from cronsim import CronSim
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from messages.schedule.date_words import dates_in_words, days_of_month, of_months
from messages.schedule.patterns import CronPattern
from messages.schedule.phrases import listed, time_words
from messages.schedule.rrules import Frequency, RRule, Weekday

MOST_TIMES: Final = 12
_SUNDAY: Final = 7  # which is also 0 in a cron line


def cron_times_in_words(line: str) -> str:
    """At 9:00 and 15:00; every 15 minutes between 9:00 and 17:59."""
    pattern = CronPattern(line)
    if len(pattern.times) <= MOST_TIMES:
        return _("at %(times)s") % {"times": listed(time_words(at) for at in pattern.times)}
    minutes, hours = sorted(pattern.parsed.minutes), sorted(pattern.parsed.hours)
    words = _of_an_hour(minutes)
    if len(hours) == 24:
        return words
    return _("%(minutes)s %(hours)s") % {"minutes": words, "hours": _hours(hours)}


def cron_dates_in_words(line: str) -> str:
    parsed = CronPattern(line).parsed
    months = () if len(parsed.months) == 12 else tuple(sorted(parsed.months))
    any_day, any_weekday = set(range(1, 32)) <= parsed.days, set(range(7)) <= parsed.weekdays
    weekdays = _weekdays(parsed)
    if any_day and any_weekday:
        return dates_in_words(RRule(Frequency.DAILY, months=months))
    if any_day:
        return dates_in_words(RRule(Frequency.MONTHLY, months=months, weekdays=weekdays))
    days = of_months(_days(parsed), months)
    if any_weekday:
        return days
    of_weekdays = dates_in_words(RRule(Frequency.MONTHLY, months=months, weekdays=weekdays))
    if parsed.day_and:
        return _("%(dates)s, only on %(days)s") % {"dates": of_weekdays, "days": _days(parsed)}
    return _("%(first)s or %(second)s") % {"first": days, "second": of_weekdays}


def _of_an_hour(minutes: list[int]) -> str:
    step = minutes[1] - minutes[0] if len(minutes) > 1 else 0
    if step and 60 % step == 0 and minutes == list(range(0, 60, step)):
        return ngettext("every minute", "every %(count)d minutes", step) % {"count": step}
    if minutes == [0]:
        return _("every hour on the hour")
    return _("every hour at minute %(minutes)s") % {"minutes": listed(str(minute) for minute in minutes)}


def _hours(hours: list[int]) -> str:
    if hours == list(range(hours[0], hours[-1] + 1)):
        told = {"first": time_words(time(hours[0])), "last": time_words(time(hours[-1], 59))}
        return _("between %(first)s and %(last)s") % told
    return _("in the hours from %(hours)s") % {"hours": listed(time_words(time(hour)) for hour in hours)}


def _days(parsed: CronSim) -> str:
    last = [-1] if CronSim.LAST in parsed.days else []
    days = (*sorted(day for day in parsed.days if day > 0), *last)
    words = [days_of_month(RRule(Frequency.MONTHLY, month_days=days))] if days else []
    if CronSim.LAST_WEEKDAY in parsed.days:
        words.append(pgettext("of a month", "the last day from Monday to Friday"))
    return listed(words)


def _weekdays(parsed: CronSim) -> tuple[Weekday, ...]:
    placed = (item if isinstance(item, tuple) else (item, 0) for item in parsed.weekdays)
    found = {
        Weekday((number % _SUNDAY - 1) % _SUNDAY, -1 if place == CronSim.LAST else place) for number, place in placed
    }
    return tuple(sorted(found))
