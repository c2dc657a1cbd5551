"""The tables of official and own days as one calendar for the pure functions of schedule/."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from messages.models import CalendarState, CalendarYear, OfficialDay, OwnDay
from messages.schedule.days import Calendar, Day, DayKind
from robots.models import Organisation


def load_calendar(organisation: Organisation | None = None) -> Calendar:
    """Three queries, whatever there is. With an organisation its own days count besides those of all, and before them.

    A year that is only a draft is not in it, so that asking for one of its days raises UnknownYear.
    """
    years: dict[int, dict[date, Day]] = {year: {} for year in known_years()}
    official = OfficialDay.objects.filter(year__state=CalendarState.OFFICIAL).order_by()
    for year, on, kind, name in official.values_list("year_id", "date", "kind", "name"):
        # A year that became official between the two queries is known the next time.
        if year in years:
            years[year][on] = Day(on, DayKind(kind), name)
    return Calendar(years=years, own=_own_days(organisation))


def known_years() -> set[int]:
    official = CalendarYear.objects.filter(state=CalendarState.OFFICIAL)
    return set(official.order_by().values_list("year", flat=True))


def _own_days(organisation: Organisation | None) -> dict[date, Day]:
    whose = Q(organisation=None) | Q(organisation=organisation) if organisation else Q(organisation=None)
    # Those of all come first, so that the organisation's own take their places.
    rows = OwnDay.objects.filter(whose, removed_at=None).order_by(F("organisation").asc(nulls_first=True))
    return {on: Day(on, DayKind(kind), name) for on, kind, name in rows.values_list("date", "kind", "name")}
