"""Two people with the same draft open see each other, and that the other one has saved."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.forms.composition import number_of, uuid_of
from messages.models import Draft, DraftVersion
from messages.pages.drafts.autosave import is_writer
from messages.services.presence import beat, leave


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Asked every ten seconds by each page that is looked at: reads a row, writes none."""
    page, by, now = uuid_of(request.POST.get("page", "")), actor_of(request), timezone.now()
    if page is None or not is_writer(request):
        return JsonResponse({"state": "signedOut"})
    if request.POST.get("gone"):
        leave(pk, page)
        return JsonResponse({"state": "gone"})
    newest = DraftVersion.objects.filter(draft=pk).defer("snapshot").first()
    if newest is None and not Draft.objects.filter(pk=pk).exists():
        return JsonResponse({"state": "deleted"})
    others = beat(pk, page, by=by, typed_at=_typed_at(request, now), now=now)
    seen = number_of(request.POST.get("based_on", ""))
    overtaken = newest is not None and newest.page != page and newest.number != seen
    context = {"others": [(each, _minutes(each.typed_at, now)) for each in others], "newest": newest, "draft": pk}
    return JsonResponse(
        {
            "state": "there",
            "others": render_to_string("broadcasts/drafts/_others.html", context, request=request) if others else "",
            "names": [person.name for person in others],
            "newer": render_to_string("broadcasts/drafts/_newer.html", context, request=request) if overtaken else "",
            "version": newest.number if newest and overtaken else 0,
        }
    )


def _typed_at(request: HttpRequest, now: datetime) -> datetime | None:
    seconds = number_of(request.POST.get("typed", ""))
    return now - timedelta(seconds=min(seconds, 86_400)) if seconds is not None else None


def _minutes(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else round((now - since).total_seconds() / 60)
