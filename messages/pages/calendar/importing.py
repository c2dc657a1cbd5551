"""A year of the official calendar from a file, or from the installed library: shown first, then taken or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actors import actor_of
from messages.forms.calendar import ImportForm, TakeForm
from messages.models import CalendarState, CalendarYear
from messages.models.calendar import FIRST_YEAR, LAST_YEAR
from messages.pages.calendar.shown import change_lines, day_lines
from messages.services.calendar.content import GivenDay, YearContent, days_of
from messages.services.calendar.csv_file import read_csv, write_csv
from messages.services.calendar.differences import differences
from messages.services.calendar.files import FileOfDays, read_days
from messages.services.calendar.library import library_days, library_source
from messages.services.calendar.oddities import oddities
from messages.services.calendar.years import StaleYear, import_year
from robots.imports.mistakes import MOST_SHOWN, ImportRefused, mistakes_in


@dataclass(frozen=True, slots=True)
class Left:
    """What the file has besides and is not taken: days of other years, and entries that say neither 休 nor 班."""

    years: Sequence[tuple[int, int]] = ()
    entries: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def import_file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _upload(request, ImportForm(initial=_proposal(request)))
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload(request, form)
    try:
        found = read_days(form.cleaned_data["file"].read())
    except ImportRefused as refused:
        return _upload(request, form, refused)
    year = form.cleaned_data["year"]
    days = found.of(year)
    if not days:
        form.add_error("year", _none_of(found, year))
        return _upload(request, form)
    left = Left(years=tuple(found.elsewhere(year).items()), entries=found.left_out)
    said = {name: form.cleaned_data[name] for name in ("state", "source", "as_of")}
    return _propose(request, year, days, said, left=left)


@require_safe
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def from_library(request: HttpRequest, year: int) -> HttpResponse:
    days = library_days(year)
    if not days:
        raise Http404
    said = {"state": CalendarState.OFFICIAL, "source": library_source(), "as_of": timezone.localdate()}
    return _propose(request, year, days, said)


@require_POST
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def take(request: HttpRequest, year: int) -> HttpResponse:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    form = TakeForm(request.POST)
    form.full_clean()
    days = _days_in(form)
    if not form.is_valid():
        return _preview(request, year, _row_of(year), days, form)
    said = {name: form.cleaned_data[name] for name in ("state", "source", "as_of")}
    content = YearContent(**said, days=days)
    try:
        import_year(year=year, content=content, based_on=form.cleaned_data["based_on"], by=actor_of(request))
    except StaleYear as stale:
        flash.error(request, stale.text)
        return _propose(request, year, days, said)
    except ValidationError as wrong:
        form.add_error(None, wrong)
        return _preview(request, year, _row_of(year), days, form)
    flash.success(request, _("%(year)d is taken. Its former state is kept as a version.") % {"year": year})
    return redirect("broadcasts:calendar_year", year=year)


def _days_in(form: TakeForm) -> tuple[GivenDay, ...]:
    """What this page itself wrote; anything else is noted as a mistake of the form."""
    try:
        return read_csv(form.data.get("days", "").encode())
    except ImportRefused as refused:
        form.add_error(None, [str(mistake) for mistake in refused.mistakes[:MOST_SHOWN]])
        return ()


def _upload(request: HttpRequest, form: ImportForm, refused: ImportRefused | None = None) -> HttpResponse:
    context = {"form": form, **mistakes_in(refused)}
    return render(request, "broadcasts/calendar/import.html", context)


def _propose(
    request: HttpRequest, year: int, days: Sequence[GivenDay], said: dict[str, object], *, left: Left | None = None
) -> HttpResponse:
    """As it was read, to be taken in the place of what the year says now."""
    row, text = _row_of(year), write_csv(days).decode("utf-8-sig")
    form = TakeForm(initial={**said, "days": text, "based_on": row.version if row else 0})
    return _preview(request, year, row, days, form, left=left)


def _row_of(year: int) -> CalendarYear | None:
    return CalendarYear.objects.filter(year=year).first()


def _preview(
    request: HttpRequest,
    year: int,
    row: CalendarYear | None,
    days: Sequence[GivenDay],
    form: TakeForm,
    *,
    left: Left | None = None,
) -> HttpResponse:
    changes = differences(days_of(year), days)
    today = timezone.localdate()
    context = {
        "year": year,
        "row": row,
        "form": form,
        "lines": day_lines(days),
        "changes": change_lines(changes),
        "past": sum(change.on < today for change in changes) if row else 0,
        "oddities": oddities(days),
        "left": left or Left(),
    }
    return render(request, "broadcasts/calendar/preview.html", context)


def _proposal(request: HttpRequest) -> dict[str, object]:
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else _next_year()
    return {"year": year, "state": CalendarState.OFFICIAL, "as_of": timezone.localdate()}


def _next_year() -> int:
    """The first from this one on that nobody has entered yet."""
    this = timezone.localdate().year
    there = set(CalendarYear.objects.order_by().values_list("year", flat=True))
    return next(year for year in range(this, LAST_YEAR + 1) if year not in there)


def _none_of(found: FileOfDays, year: int) -> str:
    others = _(", ").join(str(other) for other in found.elsewhere(year))
    if not others:
        return _("The file has no day that is marked 休 or 班.")
    text = _("The file has no official day of %(year)d; it has days of: %(others)s.")
    return text % {"year": year, "others": others}
