"""The log as a page: who did what, on what, from where and when."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.forms import EntryFilters
from audit.keyset import newest_first
from audit.log import first_broken
from audit.models import Entry
from audit.words import action_in_words, actor_in_words, page_of, target_in_words


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it."""

    entry: Entry
    actor: str
    action: str
    target_kind: str
    target_url: str
    detail: list[tuple[str, str]]


@require_safe
@login_required
@permission_required("audit.view_entry", raise_exception=True)
def entries(request: HttpRequest) -> HttpResponse:
    filters = EntryFilters(request.GET)
    page = newest_first(filters.apply(Entry.objects.all()), request.GET, key="number")
    context = {"filters": filters, "page": page, "lines": [_line(entry) for entry in page.rows]}
    return render(request, "audit/entries.html", context)


@require_POST
@login_required
@permission_required("audit.view_entry", raise_exception=True)
def verify(request: HttpRequest) -> HttpResponse:
    broken = first_broken()
    if broken is None:
        flash.success(request, _("The log is whole: every entry follows from the one before it."))
    else:
        flash.error(
            request, _("The log was changed: entry %(number)d is the first that does not fit.") % {"number": broken}
        )
    return redirect("audit:list")


def _line(entry: Entry) -> Line:
    gone = entry.action.endswith(".deleted")
    return Line(
        entry=entry,
        actor=actor_in_words(entry.actor_name, is_person=entry.actor_id is not None),
        action=action_in_words(entry.action),
        target_kind=target_in_words(entry.target_type),
        target_url="" if gone else page_of(entry.target_type, entry.target_id),
        detail=[(name, _readable(value)) for name, value in entry.detail.items()],
    )


def _readable(value: object) -> str:
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
