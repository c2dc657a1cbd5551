"""The versions of a draft: what it said, who saved it, and back to it."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audit.actors import actor_of
from audit.keyset import newest_first
from messages.forms.composition import composition_of_snapshot
from messages.models import Draft, DraftVersion
from messages.pages.drafts.differences import differences
from messages.pages.drafts.panel import panel_of
from messages.services.drafts import Restored, StaleDraft, restore_version
from messages.services.snapshots import Snapshot


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_versions(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    page = newest_first(draft.versions.defer("snapshot"), request.GET, key="number")
    return render(request, "broadcasts/drafts/versions.html", {"draft": draft, "page": page})


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as it would look, and how it differs from the draft as it is now."""
    draft = get_object_or_404(Draft, pk=pk)
    version = get_object_or_404(DraftVersion, draft=draft, number=number)
    snapshot = Snapshot.from_json(version.snapshot)
    context = {
        "draft": draft,
        "version": version,
        "newest": version.number == draft.version,
        "differences": differences(Snapshot.of(draft), snapshot),
        "panel": panel_of(composition_of_snapshot(snapshot)),
    }
    return render(request, "broadcasts/drafts/version.html", context)


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    version = get_object_or_404(DraftVersion, draft=draft, number=number)
    try:
        restored = restore_version(version=version, based_on=draft.version, by=actor_of(request))
    except StaleDraft as stale:
        flash.error(request, stale.text)
        return redirect("broadcasts:draft_versions", pk=pk)
    flash.success(request, _("Version %(number)d is the draft again.") % {"number": number})
    _tell_what_is_lost(request, restored)
    return redirect("broadcasts:draft_edit", pk=pk)


def _tell_what_is_lost(request: HttpRequest, restored: Restored) -> None:
    if restored.lost:
        text = ngettext(
            "%(count)d robot, tag or person of that version does not exist any more and is left out.",
            "%(count)d robots, tags or people of that version do not exist any more and are left out.",
            restored.lost,
        )
        flash.warning(request, text % {"count": restored.lost})
