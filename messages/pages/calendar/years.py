"""The years of the official calendar: which are known, from where, and what to do about the next one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from messages.models import CalendarState, CalendarYear, OfficialKind
from messages.pages.calendar.shown import YEAR_STATES
from messages.states import Presentation


@dataclass(frozen=True, slots=True)
class YearLine:
    row: CalendarYear
    state: Presentation
    holidays: int
    make_up_days: int


@require_safe
@login_required
@permission_required("broadcasts.view_calendaryear", raise_exception=True)
def year_list(request: HttpRequest) -> HttpResponse:
    rows = CalendarYear.objects.annotate(
        holidays=Count("days", filter=Q(days__kind=OfficialKind.HOLIDAY)),
        make_up_days=Count("days", filter=Q(days__kind=OfficialKind.MAKE_UP)),
    ).order_by("-year")
    lines = [YearLine(row, YEAR_STATES[row.state], row.holidays, row.make_up_days) for row in rows]
    context = {"lines": lines, "wanted": _wanted({line.row.year: line.row for line in lines})}
    return render(request, "broadcasts/calendar/years.html", context)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A year that is not known, and has come or is the next."""

    year: int
    is_draft: bool


def _wanted(known: dict[int, CalendarYear]) -> list[Wanted]:
    this = timezone.localdate().year
    return [
        Wanted(year, is_draft=year in known)
        for year in (this, this + 1)
        if year not in known or known[year].state != CalendarState.OFFICIAL
    ]
