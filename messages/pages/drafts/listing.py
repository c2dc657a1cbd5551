"""The lists of drafts and of archived ones, the last saved first."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from messages.forms.filters import DraftFilters
from messages.models import Broadcast, Draft, DraftVersion, Shelf
from messages.pages.drafts.last_saved_first import last_saved_first


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_list(request: HttpRequest) -> HttpResponse:
    return _list(request, Shelf.DRAFTS)


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_archive(request: HttpRequest) -> HttpResponse:
    return _list(request, Shelf.ARCHIVE)


def _list(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    filters = DraftFilters(request.GET)
    page = last_saved_first(_drafts().filter(filters.wanted(), shelf=shelf), request.GET)
    context = {
        "filters": filters,
        "page": page,
        "filtered": any(request.GET.get(name) for name in filters.fields),
        "archive": shelf == Shelf.ARCHIVE,
    }
    return render(request, "broadcasts/drafts/list.html", context)


def _drafts() -> QuerySet[Draft]:
    """With who saved last, and the last broadcast launched from it."""
    newest = DraftVersion.objects.filter(draft=OuterRef("pk"), number=OuterRef("version"))
    launched = Broadcast.objects.filter(draft=OuterRef("pk")).order_by("-pk")
    return Draft.objects.defer("content").annotate(
        saved_by=Subquery(newest.values("saved_by_name")[:1]),
        launched_id=Subquery(launched.values("pk")[:1]),
        launched_at=Subquery(launched.values("created_at")[:1]),
    )
