"""Saves a year of the official calendar. Every save that changes something is a version.

Nothing that was planned and fired is touched: schedules read the calendar when they work out what comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from audit.words import name_in_words
from messages.models import CalendarState, CalendarVersion, CalendarYear, OfficialDay
from messages.services.calendar.content import GivenDay, YearContent, each_day, mistake_in
from messages.services.recurring import replan_by_calendar


class StaleYear(Exception):
    """Somebody changed the year since it was looked at."""

    def __init__(self, newest: CalendarYear | None) -> None:
        super().__init__("the year was changed since")
        self.newest = newest

    @property
    def text(self) -> str:
        who = name_in_words(self.newest.changed_by_name) if self.newest else ""
        return _("%(who)s changed this year in the meantime. Look at it again.") % {"who": who}


@transaction.atomic
def begin_year(*, year: int, by: Actor) -> CalendarYear:
    """An empty draft to type the days into. Raises StaleYear when the year is there already."""
    today = timezone.localdate()
    content = YearContent(state=CalendarState.DRAFT, source=_("Typed by hand"), as_of=today, days=())
    return _store(_made(year, content), content, action="calendar.begun", by=by)


@transaction.atomic
def import_year(*, year: int, content: YearContent, based_on: int, by: Actor) -> CalendarYear:
    """In the place of all that the year said. `based_on`: the version that it was compared with, 0 for none.

    Raises StaleYear, and ValidationError for days that cannot be.
    """
    _refuse_mistakes(year, content.days)
    current = _made(year, content) if based_on == 0 else _locked(year)
    if current.version != based_on:
        raise StaleYear(current)
    return _store(current, content, action="calendar.imported", by=by)


@transaction.atomic
def set_days(*, year: int, first: date, last: date, kind: str, name: str, by: Actor) -> CalendarYear:
    """`kind` "" gives the days back to the week. Raises ValidationError for days that cannot be."""
    current = _locked(year)
    days = [GivenDay(on, kind, name) for on in each_day(first, last)]
    if kind:
        _refuse_mistakes(year, days)

    def changed(content: YearContent) -> YearContent:
        others = [day for day in content.days if not first <= day.on <= last]
        return replace(content, days=tuple(sorted([*others, *(days if kind else [])])))

    return _changed(current, changed, action="calendar.days_changed", by=by)


@transaction.atomic
def describe_year(*, year: int, state: str, source: str, as_of: date, by: Actor) -> CalendarYear:
    """A draft counts for no schedule; an official year does."""
    return _changed(
        _locked(year),
        lambda content: replace(content, state=state, source=source, as_of=as_of),
        action="calendar.described",
        by=by,
    )


@transaction.atomic
def restore_year(*, version: CalendarVersion, based_on: int, by: Actor) -> CalendarYear:
    """Make an old version the newest again, as one more version. Raises StaleYear."""
    current = _locked(version.year_id)
    if current.version != based_on:
        raise StaleYear(current)
    content = YearContent.from_json(version.content)
    return _changed(current, lambda _content: content, action="calendar.restored", by=by)


def _made(year: int, content: YearContent) -> CalendarYear:
    """The row of a year that had none."""
    try:
        with transaction.atomic():
            return CalendarYear.objects.create(
                year=year, source=content.source, as_of=content.as_of, changed_at=timezone.now(), changed_by_name=""
            )
    except IntegrityError:
        raise StaleYear(CalendarYear.objects.filter(year=year).first()) from None


def _locked(year: int) -> CalendarYear:
    """As it is now, and so until the end of the transaction: two changes follow one another."""
    current = CalendarYear.objects.select_for_update().filter(year=year).first()
    if current is None:
        raise StaleYear(None)
    return current


def _changed(
    current: CalendarYear, change: Callable[[YearContent], YearContent], *, action: str, by: Actor
) -> CalendarYear:
    before = YearContent.of(current)
    after = change(before)
    return current if after == before else _store(current, after, action=action, by=by)


def _store(current: CalendarYear, content: YearContent, *, action: str, by: Actor) -> CalendarYear:
    now, number = timezone.now(), current.version + 1
    told = {"state": content.state, "source": content.source, "as_of": content.as_of}
    hit = CalendarYear.objects.filter(year=current.year, version=current.version).update(
        **told, version=number, changed_at=now, changed_by_name=by.name
    )
    if not hit:
        raise StaleYear(CalendarYear.objects.filter(year=current.year).first())
    OfficialDay.objects.filter(year=current.year).delete()
    OfficialDay.objects.bulk_create(
        [OfficialDay(year=current, date=day.on, kind=day.kind, name=day.name) for day in content.days]
    )
    CalendarVersion.objects.create(
        year=current, number=number, content=content.to_json(), saved_by_name=by.name, saved_at=now
    )
    current.refresh_from_db()
    detail = {"version": number, "state": content.state, "source": content.source, "days": len(content.days)}
    record(action, by=by, target=current, detail=detail)
    replan_by_calendar(now=now)
    return current


def _refuse_mistakes(year: int, days: Sequence[GivenDay]) -> None:
    elsewhere = [
        _("%(date)s is not in %(year)d.") % {"date": day.on, "year": year} for day in days if day.on.year != year
    ]
    mistakes = elsewhere + [text for day in days if (text := mistake_in(day))]
    if mistakes:
        raise ValidationError(list(dict.fromkeys(mistakes)))
