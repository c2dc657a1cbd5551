"""Why an occurrence is when it is, or is not, in words for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from messages.schedule.days import Day, DayKind
from messages.schedule.holiday_names import holiday_name
from messages.schedule.phrases import (
    date_words,
    listed,
    month_name,
    short_date_words,
    time_words,
    wall_words,
)
from messages.schedule.reasons import Reason, Why
from messages.schedule.series import Occurrence

MOST_NAMED = 3


def reasons_in_words(occurrence: Occurrence, zone: ZoneInfo) -> list[str]:
    """Each a phrase without a full stop; none when the rule alone says it all. Days of acts are told in `zone`."""
    found = [_in_words(reason, occurrence, zone) for reason in occurrence.reasons if reason.why is not Why.ALSO]
    also = [reason.wall for reason in occurrence.reasons if reason.why is Why.ALSO and reason.wall]
    return [*found, *([_also(also, occurrence)] if also else [])]


def day_in_words(day: Day) -> str:
    """What kind of day it is: National Day; make-up working day (National Day); weekend."""
    name = holiday_name(day.name)
    match day.kind:
        case DayKind.HOLIDAY:
            return name or _("holiday")
        case DayKind.CLOSED:
            return _("closed (%(name)s)") % {"name": name} if name else _("closed")
        case DayKind.MAKE_UP:
            return _("make-up working day (%(name)s)") % {"name": name} if name else _("make-up working day")
        case DayKind.EXTRA:
            return _("extra working day (%(name)s)") % {"name": name} if name else _("extra working day")
        case DayKind.WEEKEND:
            return _("weekend")
        case DayKind.WORKDAY:
            return _("workday")


def _in_words(reason: Reason, occurrence: Occurrence, zone: ZoneInfo) -> str:
    if reason.why in (Why.SKIPPED, Why.MOVED, Why.EDITED):
        return _of_a_person(reason, occurrence, zone)
    if reason.why in (Why.GAP, Why.FOLD):
        return _of_clocks(reason)
    return _of_the_calendar(reason, reason.day, occurrence) if reason.day else ""


def _of_the_calendar(reason: Reason, day: Day, occurrence: Occurrence) -> str:
    told = {"date": _date(day.on, occurrence), "cause": day_in_words(day), "count": reason.number}
    match reason.why:
        case Why.EARLIER:
            return pgettext("to an earlier day", "moved from %(date)s: %(cause)s") % told
        case Why.LATER:
            return pgettext("to a later day", "moved from %(date)s: %(cause)s") % told
        case Why.LEFT_OUT:
            return _("left out: %(cause)s") % told
        case Why.ADDED:
            return _("added: %(cause)s") % told
        case Why.HOLIDAY:
            return _("on this day: %(cause)s") % told
        case Why.BEFORE if reason.number == 1:
            return _("the workday before %(date)s") % told
        case Why.BEFORE:
            return _("%(count)d workdays before %(date)s") % told
        case Why.BEFORE_HOLIDAY if reason.number == 1:
            return _("the last workday before %(cause)s (%(date)s)") % told
        case Why.BEFORE_HOLIDAY:
            return _("%(count)d workdays before %(cause)s (%(date)s)") % told
        case _:
            return _of_a_period(reason.why, day)


def _of_a_period(why: Why, day: Day) -> str:
    told = {"month": month_name(day.on.month)}
    match why:
        case Why.FIRST_OF_WEEK:
            return _("the first workday of the week")
        case Why.LAST_OF_WEEK:
            return _("the last workday of the week")
        case Why.FIRST_OF_MONTH:
            return _("the first workday of %(month)s") % told
        case Why.LAST_OF_MONTH:
            return _("the last workday of %(month)s") % told
        case _:
            return _("left out: there is no workday for it")


def _of_clocks(reason: Reason) -> str:
    told = {"time": time_words(reason.wall) if reason.wall else ""}
    if reason.why is Why.GAP:
        return _("clocks are put forward over %(time)s: the next time there is") % told
    return _("clocks are put back, %(time)s comes twice: the first one counts") % told


def _of_a_person(reason: Reason, occurrence: Occurrence, zone: ZoneInfo) -> str:
    told = {"who": reason.by, "day": _day_of(reason, occurrence, zone), "from": ""}
    if reason.why is Why.MOVED and reason.wall:
        told["from"] = wall_words(reason.wall, year=reason.wall.year != occurrence.wall.year)
        return _("moved from %(from)s by %(who)s on %(day)s") % told
    if reason.why is Why.SKIPPED:
        return _("skipped by %(who)s on %(day)s") % told
    return _("own text by %(who)s on %(day)s") % told


def _day_of(reason: Reason, occurrence: Occurrence, zone: ZoneInfo) -> str:
    if reason.at is None:
        return ""
    done = reason.at.astimezone(zone)
    return short_date_words(done, year=done.year != occurrence.wall.year)


def _also(walls: Sequence[datetime], occurrence: Occurrence) -> str:
    """For whole days the days alone; for times of the same day those."""
    dates = sorted({wall.date() for wall in walls})
    if dates == [occurrence.wall.date()]:
        return _("also stands for %(what)s") % {"what": listed(time_words(wall) for wall in sorted(walls))}
    if len(dates) <= MOST_NAMED:
        return _("also stands for %(what)s") % {"what": listed(_date(on, occurrence) for on in dates)}
    told = {"first": _date(dates[0], occurrence), "last": _date(dates[-1], occurrence), "count": len(dates)}
    return (
        ngettext(
            "also stands for %(count)d other date, %(first)s to %(last)s",
            "also stands for %(count)d other dates, %(first)s to %(last)s",
            len(dates),
        )
        % told
    )


def _date(on: date, occurrence: Occurrence) -> str:
    return date_words(on, year=on.year != occurrence.wall.year)
