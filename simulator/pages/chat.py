"""A group's chat, which brings new messages in by itself."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from simulator.chat import bubble_of
from simulator.models import ChatMessage, Group
from simulator.pages.states import group_state

SHOWN: Final = 50


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def group(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Group, pk=pk)
    before = _number(request, "before")
    rows = found.messages.filter(pk__lt=before) if before else found.messages.all()
    newest_first = list(rows.order_by("-pk")[: SHOWN + 1])
    shown = newest_first[:SHOWN][::-1]
    context = {
        **_chat(found, shown),
        "state": group_state(found),
        "webhook": f"{settings.SIMULATOR_BASE_URL}/robot/send?access_token={found.token}",
        "earlier": shown[0].pk if len(newest_first) > SHOWN else None,
        "live": not before,
        "tab": "chat",
    }
    return render(request, "simulator/group.html", context)


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def new_messages(request: HttpRequest, pk: int) -> HttpResponse:
    """What came after the message the page has last; 204 tells htmx to leave the page as it is."""
    found = get_object_or_404(Group, pk=pk)
    after = _number(request, "after")
    shown = list(found.messages.filter(pk__gt=after).order_by("pk")[:SHOWN])
    if not shown:
        return HttpResponse(status=204)
    return render(request, "simulator/_messages.html", {**_chat(found, shown), "live": True})


def _chat(found: Group, shown: list[ChatMessage]) -> dict[str, object]:
    return {
        "group": found,
        "bubbles": [bubble_of(message, found) for message in shown],
        "last": shown[-1].pk if shown else 0,
    }


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
