"""The history: every delivery there ever was, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.keyset import newest_first
from messages.history.deliveries import Wanted, deliveries
from messages.history.waiting import engine_state
from messages.models import Broadcast, DeliveryStatus
from messages.pages.deliveries.filters import DeliveryFilters
from messages.pages.deliveries.lines import lines, selection
from messages.reasons import explain


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A filter that no field shows: what it is, and the address without it."""

    label: str
    drop_url: str


@require_safe
@login_required
@permission_required("broadcasts.view_delivery", raise_exception=True)
def history(request: HttpRequest) -> HttpResponse:
    filters = DeliveryFilters(request.GET)
    wanted = filters.wanted()
    page = newest_first(deliveries(wanted), request.GET)
    context = {
        "filters": filters,
        "narrowings": _narrowings(wanted, request.GET),
        "page": page,
        **selection(lines(page.rows, now=timezone.now(), engine=engine_state()), user=request.user),
        "robot_to_send_again": wanted.robot if wanted.state == DeliveryStatus.FAILED else None,
    }
    return render(request, "broadcasts/deliveries/history.html", context)


def _narrowings(wanted: Wanted, asked: QueryDict) -> list[Narrowing]:
    narrowings = []
    if wanted.broadcast is not None:
        name = Broadcast.objects.filter(pk=wanted.broadcast).values_list("name", flat=True).first()
        label = _("Broadcast: %(name)s") % {"name": name or wanted.broadcast}
        narrowings.append(Narrowing(label, _without(asked, "broadcast")))
    if wanted.reason:
        label = _("Reason: %(reason)s") % {"reason": explain(wanted.reason).title}
        narrowings.append(Narrowing(label, _without(asked, "reason")))
    return narrowings


def _without(asked: QueryDict, name: str) -> str:
    query = asked.copy()
    for key in (name, "before", "after"):
        query.pop(key, None)
    return f"?{query.urlencode()}"
