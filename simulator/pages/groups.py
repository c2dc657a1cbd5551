from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simulator.chat import summary_of
from simulator.forms import FilterForm, GroupForm, initial_of
from simulator.groups import change_group, create_group, delete_group, reset_group
from simulator.models import ChatMessage, Group
from simulator.pages.paging import page_of
from simulator.pages.states import State, group_state


@dataclass(frozen=True, slots=True)
class Row:
    group: Group
    state: State
    summary: str
    last_at: datetime | None


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def groups(request: HttpRequest) -> HttpResponse:
    filters = FilterForm(request.GET)
    words = filters.cleaned_data["q"] if filters.is_valid() else ""
    page = page_of(_with_last_message(words), by="name", query=request.GET)
    rows = [Row(group, group_state(group), _summary(group), getattr(group, "last_at", None)) for group in page.rows]
    return render(request, "simulator/groups.html", {"rows": rows, "page": page, "filters": filters, "words": words})


def _with_last_message(words: str) -> QuerySet[Group]:
    newest = ChatMessage.objects.filter(group=OuterRef("pk")).order_by("-pk")
    found = Group.objects.filter(name__icontains=words) if words else Group.objects.all()
    return found.annotate(
        last_id=Subquery(newest.values("pk")[:1]), last_at=Subquery(newest.values("accepted_at")[:1])
    ).annotate(last_body=Subquery(newest.values("body")[:1]))


def _summary(group: Group) -> str:
    body = getattr(group, "last_body", None)
    return summary_of(ChatMessage(body=body).message) if body else ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def group_create(request: HttpRequest) -> HttpResponse:
    form = GroupForm(request.POST or None, initial={"signed": True})
    if form.is_valid():
        group = create_group(**form.cleaned_data)
        flash.success(request, _("The simulated group “%(name)s” is there.") % {"name": group.name})
        return redirect("simulator:group", group.pk)
    return render(request, "simulator/group_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(Group, pk=pk)
    form = GroupForm(request.POST or None, initial=initial_of(group), group=group)
    if form.is_valid():
        change_group(group, **form.cleaned_data)
        flash.success(request, _("Saved."))
        return redirect("simulator:group", group.pk)
    return render(request, "simulator/group_form.html", {"form": form, "group": group})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def group_reset(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(Group.objects.select_related("knobs"), pk=pk)
    if request.method == "POST":
        reset_group(group)
        flash.success(request, _("“%(name)s” starts anew.") % {"name": group.name})
        return redirect("simulator:group", group.pk)
    consequences = [
        _("Its chat and its log of calls are emptied."),
        _("Throttling, faults and its own settings are forgotten; the robot works again, without a quota."),
        _("Webhook, secret, keywords, IP ranges and members stay."),
    ]
    return _confirm(request, group, _("Start “%(name)s” anew?"), consequences, _("Start anew"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def group_delete(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(Group, pk=pk)
    if request.method == "POST":
        delete_group(group)
        flash.success(request, _("The simulated group “%(name)s” is gone.") % {"name": group.name})
        return redirect("simulator:groups")
    consequences = [
        _("Its chat, its log of calls and its settings are deleted."),
        _("Whoever calls its webhook is told that the token does not exist, as after a robot was removed."),
    ]
    return _confirm(request, group, _("Delete “%(name)s”?"), consequences, _("Delete"))


def _confirm(
    request: HttpRequest, group: Group, title: str, consequences: list[str], action_label: str
) -> HttpResponse:
    context = {
        "title": title % {"name": group.name},
        "consequences": consequences,
        "action_label": action_label,
        "cancel_url": reverse("simulator:group", args=[group.pk]),
    }
    return render(request, "ui/_confirm.html", context)
