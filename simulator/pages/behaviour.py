"""Knobs and faults, of one group or of all."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from simulator.forms import FaultForm, KnobsForm
from simulator.models import Fault, FaultKind, Group, Knobs


@dataclass(frozen=True, slots=True)
class FaultRow:
    fault: Fault
    label: str | Promise
    for_all: bool


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def behaviour(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    group = _group(pk)
    return _page(request, group, KnobsForm(instance=_shown(group)), FaultForm())


@require_POST
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def save_knobs(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    group = _group(pk)
    form = KnobsForm(request.POST, instance=_own(group) or Knobs(group=group))
    if not form.is_valid():
        return _page(request, group, form, FaultForm())
    form.save()
    flash.success(request, _("Saved."))
    return _back(group)


@require_POST
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def drop_knobs(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    group = _group(pk)
    Knobs.objects.filter(group=group).delete()
    flash.success(request, _("The settings are back at what they were before any change."))
    return _back(group)


@require_POST
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def add_fault(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    group = _group(pk)
    form = FaultForm(request.POST, instance=Fault(group=group))
    if not form.is_valid():
        return _page(request, group, KnobsForm(instance=_shown(group)), form)
    form.save()
    flash.success(request, _("The fault waits for the next call."))
    return _back(group)


@require_POST
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def remove_fault(request: HttpRequest, pk: int) -> HttpResponse:
    fault = get_object_or_404(Fault.objects.select_related("group"), pk=pk)
    fault.delete()
    flash.success(request, _("The fault is gone."))
    return _back(fault.group)


def _page(request: HttpRequest, group: Group | None, knobs: KnobsForm, fault: FaultForm) -> HttpResponse:
    waiting = Fault.objects.filter(group=None) | Fault.objects.filter(group=group)
    context = {
        "group": group,
        "knobs": knobs,
        "own": _own(group) is not None,
        "fault": fault,
        "faults": [FaultRow(row, FaultKind(row.kind).label, row.group_id is None) for row in waiting],
        "tab": "behaviour",
    }
    return render(request, "simulator/behaviour.html", context)


def _group(pk: int | None) -> Group | None:
    return get_object_or_404(Group, pk=pk) if pk is not None else None


def _own(group: Group | None) -> Knobs | None:
    return Knobs.objects.filter(group=group).first()


def _shown(group: Group | None) -> Knobs:
    """The group's own knobs, else a copy of those that hold for it, with which its own would begin."""
    if own := _own(group):
        return own
    common = Knobs.objects.filter(group=None).first() or Knobs()
    common.pk = None
    return common


def _back(group: Group | None) -> HttpResponse:
    return redirect("simulator:group_behaviour", group.pk) if group else redirect("simulator:behaviour")
