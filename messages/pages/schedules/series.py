"""What recurs, on its broadcast's page: its rule, its next dates, the times it missed, and what is done with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.models import Broadcast, MissedTime, Schedule
from messages.models.schedule import GOING
from messages.pages.schedules.dates import Dates, dates_of
from messages.schedule.rule_text import read_key, read_rule
from messages.schedule.words import rule_in_words
from messages.services.recurring import (
    CannotChange,
    Series,
    end_schedule,
    move_occurrence,
    restore_occurrence,
    send_missed,
    series_of,
    skip_occurrence,
)

MISSED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SeriesShown:
    """`dates`: None when it is at its end, while `words` still say its rule. `ended_at`: when a person ended it."""

    words: str
    dates: Dates | None
    missed: list[MissedTime]
    more_missed: int
    ended_at: datetime | None
    ended_by: str


def series_shown(broadcast: Broadcast) -> SeriesShown | None:
    """None for what goes out once and missed nothing."""
    missed = list(broadcast.missed.all()[: MISSED_SHOWN + 1])
    if not broadcast.recurs:
        return SeriesShown("", None, missed, 0, None, "") if missed else None
    schedule = Schedule.objects.select_related("organisation").get(broadcast=broadcast)
    dates = _dates(series_of(schedule)) if broadcast.status in GOING else None
    return SeriesShown(
        words=dates.words if dates else rule_in_words(read_rule(schedule.rule)),
        dates=dates,
        missed=missed[:MISSED_SHOWN],
        more_missed=broadcast.missed.count() - MISSED_SHOWN if len(missed) > MISSED_SHOWN else 0,
        ended_at=schedule.ended_at,
        ended_by=schedule.ended_by_name,
    )


def _dates(series: Series) -> Dates:
    return dates_of(series.rule, series.calendar, series.changes, after=series.after)


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def skip_date(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk, recurs=True)
    try:
        skip_occurrence(broadcast, request.POST.get("key", ""), by=actor_of(request))
    except CannotChange as refused:
        flash.error(request, refused.text)
    else:
        flash.success(request, _("This date is left out. It stands in the list: there you can put it back."))
    return _back(broadcast)


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def restore_date(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk, recurs=True)
    try:
        restored = restore_occurrence(broadcast, request.POST.get("key", ""), by=actor_of(request))
    except CannotChange as refused:
        flash.error(request, refused.text)
    else:
        flash.success(request, _("As the rule gives it.") if restored else _("It was as the rule gives it already."))
    return _back(broadcast)


class MoveForm(forms.Form):
    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def move_date(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk, recurs=True)
    key = request.POST.get("key", "") or request.GET.get("key", "")
    try:
        original = read_key(key)
    except ValueError:
        flash.error(request, _("There is no such date in this schedule."))
        return _back(broadcast)
    form = MoveForm(request.POST or None, initial={"date": original.date(), "time": original.time()})
    if request.method == "POST" and form.is_valid():
        to = datetime.combine(form.cleaned_data["date"], form.cleaned_data["time"])
        try:
            move_occurrence(broadcast, key, to, by=actor_of(request))
        except CannotChange as refused:
            form.add_error("date", refused.text)
        else:
            flash.success(request, _("This date is moved. The others stay where they are."))
            return _back(broadcast)
    context = {"broadcast": broadcast, "form": form, "key": key, "original": original}
    return render(request, "broadcasts/schedules/move.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk, recurs=True)
    if request.method == "POST":
        try:
            end_schedule(broadcast, by=actor_of(request))
        except CannotChange as refused:
            flash.info(request, refused.text)
        else:
            flash.success(request, _("Ended: nothing more is planned."))
        return _back(broadcast)
    context = {
        "title": _("End “%(name)s”?") % {"name": broadcast.name},
        "consequences": [
            _("Nothing more is planned. What is going out at this moment goes on."),
            _("It cannot be taken up again; its draft stays, and can be launched anew."),
        ],
        "action_label": _("End the schedule"),
        "cancel_url": reverse("broadcasts:broadcast_detail", args=[pk]),
    }
    return render(request, "ui/_confirm.html", context)


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def send_late(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes out once and missed its time."""
    broadcast = get_object_or_404(Broadcast, pk=pk)
    if send_missed(broadcast, by=actor_of(request)):
        flash.success(request, _("On its way."))
    else:
        flash.info(request, _("Somebody has decided about it already."))
    return _back(broadcast)


def _back(broadcast: Broadcast) -> HttpResponse:
    return redirect("broadcasts:broadcast_detail", pk=broadcast.pk)
