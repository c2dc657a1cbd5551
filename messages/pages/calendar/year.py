"""A year of the official calendar, twelve months drawn, its days changed in place, and what it says of itself."""

from __future__ import annotations

from datetime import date

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actors import actor_of
from messages.forms.calendar import OfficialDaysForm, YearForm
from messages.models import CalendarYear, OfficialKind
from messages.models.calendar import FIRST_YEAR, LAST_YEAR
from messages.pages.calendar.months import months_of, weekdays
from messages.pages.calendar.shown import NOT_KNOWN, YEAR_STATES, day_lines
from messages.services.calendar.content import GivenDay, days_of
from messages.services.calendar.csv_file import write_csv
from messages.services.calendar.library import library_days, library_source
from messages.services.calendar.oddities import oddities
from messages.services.calendar.years import StaleYear, begin_year, describe_year, set_days

VERSIONS = 50


@require_safe
@login_required
@permission_required("broadcasts.view_calendaryear", raise_exception=True)
def year(request: HttpRequest, year: int) -> HttpResponse:
    row = CalendarYear.objects.filter(year=_possible(year)).first()
    if row is None:
        known = bool(library_days(year))
        context = {"year": year, "state": NOT_KNOWN, "library": library_source() if known else ""}
        return render(request, "broadcasts/calendar/unknown.html", context)
    return _page(request, row, days_of(year), OfficialDaysForm(year=year), at=_asked_day(request, "at"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def days(request: HttpRequest, year: int) -> HttpResponse:
    """`first` in the query: the day that was chosen."""
    row = get_object_or_404(CalendarYear, year=_possible(year))
    chosen = _asked_day(request, "first")
    if request.method != "POST":
        found = days_of(year)
        return _page(request, row, found, _form_for(year, found, chosen), at=None)
    form = OfficialDaysForm(request.POST, year=year)
    if form.is_valid() and _saved(request, form, year):
        first, _last = form.span
        return redirect(f"{reverse('broadcasts:calendar_year', args=[year])}?at={first.isoformat()}#m{first.month}")
    return _page(request, row, days_of(year), form, at=None)


@require_POST
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def begin(request: HttpRequest, year: int) -> HttpResponse:
    try:
        begin_year(year=_possible(year), by=actor_of(request))
    except StaleYear as stale:
        flash.info(request, stale.text)
    else:
        flash.success(request, _("Type the days of %(year)d, then make it official.") % {"year": year})
    return redirect("broadcasts:calendar_year", year=year)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def about(request: HttpRequest, year: int) -> HttpResponse:
    row = get_object_or_404(CalendarYear, year=_possible(year))
    said = {"state": row.state, "source": row.source, "as_of": row.as_of}
    form = YearForm(request.POST if request.method == "POST" else None, initial=said)
    if request.method == "POST" and form.is_valid():
        saved = describe_year(year=year, **form.cleaned_data, by=actor_of(request))
        flash.success(request, _("%(year)d is saved.") % {"year": saved.year})
        return redirect("broadcasts:calendar_year", year=year)
    context = {"form": form, "row": row, "oddities": oddities(days_of(year))}
    return render(request, "broadcasts/calendar/about.html", context)


@require_safe
@login_required
@permission_required("broadcasts.view_calendaryear", raise_exception=True)
def export(request: HttpRequest, year: int) -> HttpResponse:
    row = get_object_or_404(CalendarYear, year=_possible(year))
    response = HttpResponse(write_csv(days_of(row.year)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="official-days-{row.year}.csv"'
    return response


def _possible(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    return year


def _page(
    request: HttpRequest, row: CalendarYear, found: tuple[GivenDay, ...], form: OfficialDaysForm, *, at: date | None
) -> HttpResponse:
    context = {
        "row": row,
        "state": YEAR_STATES[row.state],
        "months": months_of(row.year, found, today=timezone.localdate()),
        "weekdays": weekdays(),
        "lines": day_lines(found),
        "holidays": _count(found, OfficialKind.HOLIDAY),
        "make_up_days": _count(found, OfficialKind.MAKE_UP),
        "oddities": oddities(found),
        "versions": row.versions.defer("content")[:VERSIONS],
        "form": form,
        "at": at,
    }
    return render(request, "broadcasts/calendar/year.html", context)


def _count(found: tuple[GivenDay, ...], kind: str) -> int:
    return sum(day.kind == kind for day in found)


def _form_for(year: int, found: tuple[GivenDay, ...], chosen: date | None) -> OfficialDaysForm:
    """Filled with what the chosen day is now."""
    there = next((day for day in found if day.on == chosen), None)
    said = {"first": chosen, "kind": there.kind if there else None, "name": there.name if there else ""}
    form = OfficialDaysForm(initial=said if chosen else None, year=year)
    form.fields["kind"].widget.attrs["autofocus"] = bool(chosen)
    return form


def _saved(request: HttpRequest, form: OfficialDaysForm, year: int) -> bool:
    first, last = form.span
    told = {"kind": form.cleaned_data["kind"], "name": form.cleaned_data["name"]}
    try:
        set_days(year=year, first=first, last=last, **told, by=actor_of(request))
    except ValidationError as wrong:
        form.add_error("kind", wrong)
        return False
    flash.success(request, _saved_text(first, last))
    return True


def _saved_text(first: date, last: date) -> str:
    if first == last:
        return _("%(date)s is saved.") % {"date": first.isoformat()}
    return _("%(first)s to %(last)s are saved.") % {"first": first.isoformat(), "last": last.isoformat()}


def _asked_day(request: HttpRequest, name: str) -> date | None:
    """What is no date asks for nothing."""
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
