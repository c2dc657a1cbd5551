"""The log of calls, for learning: what came in, what was answered, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from simulator.explanations import explain
from simulator.models import Group, LoggedCall
from simulator.pages.paging import page_of
from simulator.pages.states import State, call_state, fault_label


@dataclass(frozen=True, slots=True)
class Row:
    call: LoggedCall
    state: State
    fault: str | Promise
    sentences: list[str]


def row_of(call: LoggedCall) -> Row:
    return Row(call, call_state(call), fault_label(call), explain(call.notes))


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def group_calls(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(Group, pk=pk)
    return _list(request, group.calls.all(), {"group": group, "tab": "calls"})


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def all_calls(request: HttpRequest) -> HttpResponse:
    return _list(request, LoggedCall.objects.select_related("group"), {"tab": "calls"})


def _list(request: HttpRequest, calls: QuerySet[LoggedCall], context: dict[str, object]) -> HttpResponse:
    page = page_of(calls.defer("body", "headers", "url"), by="pk", descending=True, query=request.GET)
    return render(
        request, "simulator/calls.html", {**context, "rows": [row_of(row) for row in page.rows], "page": page}
    )


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(LoggedCall.objects.select_related("group"), pk=pk)
    body = bytes(found.body)
    context = {
        "row": row_of(found),
        "call": found,
        "group": found.group,
        "url": shown_url(found),
        "raw": body.decode("utf-8", errors="backslashreplace"),
        "pretty": _pretty(body),
        "size": len(body),
    }
    return render(request, "simulator/call.html", context)


def shown_url(found: LoggedCall) -> str:
    """As it came in. A token that is none of the simulator's own may be a real one and is not shown."""
    if found.group is not None:
        return found.url
    path, separator, _query = found.url.partition("?")
    return f"{path}{separator and '?…'}"


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return ""
