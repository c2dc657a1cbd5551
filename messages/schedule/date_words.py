"""The dates of an RFC 5545 rule in words that stand at the beginning of a sentence as well as within one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from messages.schedule.phrases import listed, month_name, ordinal, weekday_name
from messages.schedule.rrules import Frequency, RRule, Weekday

_PLACES: Final[dict[int, Promise]] = {
    1: pgettext_lazy("of a month", "the first %(weekday)s"),
    2: pgettext_lazy("of a month", "the second %(weekday)s"),
    3: pgettext_lazy("of a month", "the third %(weekday)s"),
    4: pgettext_lazy("of a month", "the fourth %(weekday)s"),
    5: pgettext_lazy("of a month", "the fifth %(weekday)s"),
    -1: pgettext_lazy("of a month", "the last %(weekday)s"),
}
_WEEK: Final = tuple(Weekday(number) for number in range(7))


def dates_in_words(rrule: RRule) -> str:
    """Of a complete rule: every Friday, 每周五."""
    match rrule.frequency:
        case Frequency.DAILY if rrule.interval == 1:
            return _of_every_day(rrule)
        case Frequency.DAILY:
            return _only(rrule, _every_days(rrule.interval))
        case Frequency.WEEKLY:
            return in_months(rrule.months, _weekly(rrule))
        case Frequency.MONTHLY | Frequency.YEARLY:
            return _monthly(rrule)


def months_in_words(months: Iterable[int]) -> str:
    return listed(month_name(month) for month in months)


def weekdays_in_words(weekdays: tuple[Weekday, ...]) -> str:
    """Every Monday and Wednesday; Monday to Friday. None of them has a position."""
    if weekdays == _WEEK:
        return _("every day")
    names = [weekday_name(weekday.number) for weekday in weekdays]
    if _are_joined(weekdays):
        return pgettext("weekdays", "every %(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return pgettext("weekdays", "every %(days)s") % {"days": listed(names)}


def days_of_month(rrule: RRule) -> str:
    """The 15th; the second Friday; the 13th (only if that is Friday)."""
    words = listed(_month_day(day) for day in rrule.month_days) if rrule.month_days else ""
    if rrule.weekdays and words:
        told = {"weekdays": _names(rrule.weekdays), "days": words}
        words = _("%(days)s (only if that is %(weekdays)s)") % told
    elif rrule.weekdays:
        words = _names(rrule.weekdays) if rrule.positions else _weekdays_of_month(rrule.weekdays)
    if rrule.positions:
        places = listed(_place(position) for position in rrule.positions)
        words = _("%(places)s among %(days)s") % {"places": places, "days": words}
    return words


def of_months(days: str, months: tuple[int, ...]) -> str:
    """The 15th of every month; no months means all."""
    if not months:
        return _("%(days)s of every month") % {"days": days}
    one = _("%(days)s of %(months)s every year")
    several = pgettext("several months", "%(days)s of %(months)s every year")
    return (one if len(months) == 1 else several) % {"days": days, "months": months_in_words(months)}


def _of_every_day(rrule: RRule) -> str:
    if rrule.month_days:
        return within_months(days_of_month(rrule), rrule, 1)
    return in_months(rrule.months, weekdays_in_words(rrule.weekdays) if rrule.weekdays else _("every day"))


def _every_days(interval: int) -> str:
    return ngettext("every %(count)d day", "every %(count)d days", interval) % {"count": interval}


def _only(rrule: RRule, words: str) -> str:
    if rrule.weekdays or rrule.month_days:
        words = _("%(dates)s, only on %(days)s") % {"dates": words, "days": days_of_month(rrule)}
    return in_months(rrule.months, words)


def _weekly(rrule: RRule) -> str:
    if rrule.interval == 1 and not rrule.positions:
        return weekdays_in_words(rrule.weekdays)
    days = listed(weekday_name(weekday.number) for weekday in rrule.weekdays)
    if rrule.positions:
        places = listed(_place(position) for position in rrule.positions)
        days = _("%(places)s among %(days)s") % {"places": places, "days": days}
    text = ngettext("every week on %(days)s", "every %(count)d weeks on %(days)s", rrule.interval)
    return text % {"count": rrule.interval, "days": days}


def _monthly(rrule: RRule) -> str:
    plain = rrule.weekdays and not (rrule.month_days or rrule.positions or any(day.position for day in rrule.weekdays))
    if plain and rrule.interval == 1:
        return in_months(rrule.months, weekdays_in_words(rrule.weekdays))
    if rrule.frequency is Frequency.YEARLY and not rrule.months and not rrule.month_days:
        return _of_year(rrule)
    return within_months(days_of_month(rrule), rrule, rrule.interval)


def within_months(days: str, rrule: RRule, interval: int) -> str:
    """The days as words, of the months of the rule, at its intervals."""
    if interval == 1:
        return of_months(days, rrule.months)
    told = {"days": days, "months": months_in_words(rrule.months) if rrule.months else "", "count": interval}
    if rrule.frequency is Frequency.MONTHLY:
        return in_months(rrule.months, _("%(days)s, every %(count)d months") % told)
    if rrule.months:
        return _("%(days)s of %(months)s, every %(count)d years") % told
    return _("%(days)s of every month, every %(count)d years") % told


def _of_year(rrule: RRule) -> str:
    told = {"days": days_of_month(rrule), "count": rrule.interval}
    if rrule.interval == 1:
        return _("%(days)s of every year") % told
    return _("%(days)s of the year, every %(count)d years") % told


def in_months(months: tuple[int, ...], words: str) -> str:
    return _("%(dates)s in %(months)s") % {"dates": words, "months": months_in_words(months)} if months else words


def _weekdays_of_month(weekdays: tuple[Weekday, ...]) -> str:
    plain = tuple(weekday for weekday in weekdays if not weekday.position)
    placed = [_placed(weekday) for weekday in weekdays if weekday.position]
    return listed([*([_each(plain)] if plain else []), *placed])


def _each(weekdays: tuple[Weekday, ...]) -> str:
    names = [weekday_name(weekday.number) for weekday in weekdays]
    if _are_joined(weekdays):
        return pgettext("of a month", "each %(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return pgettext("of a month", "each %(days)s") % {"days": listed(names)}


def _names(weekdays: tuple[Weekday, ...]) -> str:
    names = [_placed(weekday) if weekday.position else weekday_name(weekday.number) for weekday in weekdays]
    if _are_joined(weekdays) and not any(weekday.position for weekday in weekdays):
        return pgettext("among days", "%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return listed(names)


def _placed(weekday: Weekday) -> str:
    name = weekday_name(weekday.number)
    if weekday.position in _PLACES:
        return str(_PLACES[weekday.position]) % {"weekday": name}
    told = {"weekday": name, "number": abs(weekday.position)}
    if weekday.position > 0:
        return pgettext("of a month", "%(weekday)s number %(number)d") % told
    return pgettext("of a month", "%(weekday)s number %(number)d from the end") % told


def _month_day(day: int) -> str:
    if day == -1:
        return pgettext("of a month", "the last day")
    if day < 0:
        return pgettext("of a month", "day %(number)d from the end") % {"number": -day}
    return pgettext("of a month", "the %(ordinal)s") % {"ordinal": ordinal(day)}


def _place(position: int) -> str:
    if position == -1:
        return pgettext("among days", "the last one")
    if position < 0:
        return pgettext("among days", "number %(number)d from the end") % {"number": -position}
    return pgettext("among days", "number %(number)d") % {"number": position}


def _are_joined(weekdays: tuple[Weekday, ...]) -> bool:
    numbers = [weekday.number for weekday in weekdays]
    return len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
