"""Dates, times of the day and lists in words, as the parts of longer ones, in the active language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

WEEKDAYS: Final[Sequence[Promise]] = (
    pgettext_lazy("day of the week", "Monday"),
    pgettext_lazy("day of the week", "Tuesday"),
    pgettext_lazy("day of the week", "Wednesday"),
    pgettext_lazy("day of the week", "Thursday"),
    pgettext_lazy("day of the week", "Friday"),
    pgettext_lazy("day of the week", "Saturday"),
    pgettext_lazy("day of the week", "Sunday"),
)
MONTHS: Final[Sequence[Promise]] = (
    pgettext_lazy("month of a date", "January"),
    pgettext_lazy("month of a date", "February"),
    pgettext_lazy("month of a date", "March"),
    pgettext_lazy("month of a date", "April"),
    pgettext_lazy("month of a date", "May"),
    pgettext_lazy("month of a date", "June"),
    pgettext_lazy("month of a date", "July"),
    pgettext_lazy("month of a date", "August"),
    pgettext_lazy("month of a date", "September"),
    pgettext_lazy("month of a date", "October"),
    pgettext_lazy("month of a date", "November"),
    pgettext_lazy("month of a date", "December"),
)
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def weekday_name(number: int) -> str:
    """Monday is 0."""
    return str(WEEKDAYS[number])


def month_name(number: int) -> str:
    """By itself; within a date it is what MONTHS says, in Chinese the number alone."""
    return pgettext("month without a day", "%(month)s") % {"month": MONTHS[number - 1]}


def date_words(on: date, *, year: bool = True) -> str:
    """Thursday 1 October 2026, 2026年10月1日（周四）; without its year where that is plain."""
    told = {"weekday": weekday_name(on.weekday()), "day": on.day, "month": MONTHS[on.month - 1], "year": on.year}
    if year:
        return _("%(weekday)s %(day)d %(month)s %(year)d") % told
    return _("%(weekday)s %(day)d %(month)s") % told


def short_date_words(on: date, *, year: bool = False) -> str:
    """3 March, 3月3日."""
    told = {"day": on.day, "month": MONTHS[on.month - 1], "year": on.year}
    return (_("%(day)d %(month)s %(year)d") if year else _("%(day)d %(month)s")) % told


def time_words(at: time | datetime) -> str:
    """09:00, 9:00; with seconds where there are some."""
    words = f"{at.hour if is_chinese() else f'{at.hour:02d}'}:{at.minute:02d}"
    return f"{words}:{at.second:02d}" if at.second else words


def wall_words(wall: datetime, *, year: bool = True) -> str:
    return moment_words(date_words(wall, year=year), time_words(wall))


def moment_words(date_text: str, time_text: str) -> str:
    return pgettext("a date and its time", "%(date)s %(time)s") % {"date": date_text, "time": time_text}


def ordinal(number: int) -> str:
    """15th; a plain number where the language says it in another way."""
    if is_chinese():
        return str(number)
    ending = "th" if number % 100 in (11, 12, 13) else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def listed(items: Iterable[str]) -> str:
    """A, B and C."""
    *most, last = items
    if not most:
        return last
    return _("%(most)s and %(last)s") % {"most": pgettext("between the items of a list", ", ").join(most), "last": last}


def is_chinese() -> bool:
    """Of the active language."""
    return (get_language() or "").startswith("zh")
