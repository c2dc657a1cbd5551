"""Own days: closed, or an extra working day, of an organisation or of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.calendar import OwnDaysForm, WhoseDays
from messages.models import OwnDay
from messages.pages.calendar.shown import DAY_STATES
from messages.services.calendar.own_days import add_own_days, put_back_own_day, remove_own_day
from messages.states import Presentation

MOST_SHOWN = 500
REMOVED_SHOWN = 20
PUT_BACK_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OwnDayLine:
    day: OwnDay
    state: Presentation


@require_http_methods(["GET", "HEAD"])
@login_required
@permission_required("broadcasts.view_ownday", raise_exception=True)
def own_days(request: HttpRequest) -> HttpResponse:
    return _page(request, OwnDaysForm())


@require_POST
@login_required
@permission_required("broadcasts.change_ownday", raise_exception=True)
def own_days_add(request: HttpRequest) -> HttpResponse:
    form = OwnDaysForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    first, last = form.span
    said = {name: form.cleaned_data[name] for name in ("organisation", "kind", "name")}
    try:
        made = add_own_days(first=first, last=last, **said, by=actor_of(request))
    except ValidationError as wrong:
        form.add_error("first", wrong)
        return _page(request, form)
    text = ngettext("%(count)d day is added.", "%(count)d days are added.", len(made))
    flash.success(request, text % {"count": len(made)})
    return redirect("broadcasts:own_days")


@require_POST
@login_required
@permission_required("broadcasts.change_ownday", raise_exception=True)
def own_day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(OwnDay.objects.select_related("organisation"), pk=pk)
    if remove_own_day(day, by=actor_of(request)):
        text = _("%(date)s (%(name)s) is removed. You can put it back below.")
        flash.success(request, text % {"date": day.date.isoformat(), "name": day.name})
    return redirect("broadcasts:own_days")


@require_POST
@login_required
@permission_required("broadcasts.change_ownday", raise_exception=True)
def own_day_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(OwnDay.objects.select_related("organisation"), pk=pk)
    told = {"date": day.date.isoformat(), "name": day.name}
    if put_back_own_day(day, by=actor_of(request)):
        flash.success(request, _("%(date)s (%(name)s) counts again.") % told)
    else:
        flash.info(request, _("%(date)s (%(name)s) counts already, or another own day took its place.") % told)
    return redirect("broadcasts:own_days")


def _page(request: HttpRequest, form: OwnDaysForm) -> HttpResponse:
    filters = WhoseDays(request.GET)
    rows = _of(filters)
    today = timezone.localdate()
    there = rows.filter(removed_at=None)
    context = {
        "filters": filters,
        "form": form,
        "coming": _lines(there.filter(date__gte=today).order_by("date", "pk")[:MOST_SHOWN]),
        "past": _lines(there.filter(date__lt=today).order_by("-date", "pk")[:MOST_SHOWN]),
        "removed": _lines(
            rows.filter(removed_at__gt=timezone.now() - PUT_BACK_WITHIN).order_by("-removed_at")[:REMOVED_SHOWN]
        ),
    }
    return render(request, "broadcasts/calendar/own_days.html", context)


def _of(filters: WhoseDays) -> QuerySet[OwnDay]:
    rows = OwnDay.objects.select_related("organisation")
    chosen = filters.chosen()
    return rows.filter(Q(organisation=chosen) | Q(organisation=None)) if chosen else rows


def _lines(rows: QuerySet[OwnDay]) -> list[OwnDayLine]:
    return [OwnDayLine(day, DAY_STATES[day.kind]) for day in rows]
