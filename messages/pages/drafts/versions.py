"""The versions of a draft or a template: what it said, who saved it, and back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audit.actors import actor_of
from audit.keyset import newest_first
from messages.forms.composition import composition_of_snapshot
from messages.models import Draft, DraftVersion
from messages.pages.drafts.comparison import changed_in_words, comparison
from messages.pages.drafts.panel import panel_of
from messages.pages.undoable import done
from messages.services.drafts import Restored, StaleDraft, restore_version
from messages.services.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Line:
    """`changed`: what differs from the version before it, in a few words."""

    version: DraftVersion
    changed: str


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_versions(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    page = newest_first(draft.versions.all(), request.GET, key="number")
    context = {"draft": draft, "page": page, "lines": _lines(draft, page.rows)}
    return render(request, "broadcasts/drafts/versions.html", context)


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version beside the draft as it is now."""
    draft = get_object_or_404(Draft, pk=pk)
    version = get_object_or_404(DraftVersion, draft=draft, number=number)
    then, now = Snapshot.from_json(version.snapshot), Snapshot.of(draft)
    newest = version.number == draft.version
    context = {
        "draft": draft,
        "version": version,
        "newest": newest,
        "differences": comparison(then, now),
        "panel": panel_of(composition_of_snapshot(then)),
        "now": None if newest else panel_of(composition_of_snapshot(now)),
    }
    return render(request, "broadcasts/drafts/version.html", context)


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One more version, which the one before it can be restored over."""
    draft = get_object_or_404(Draft, pk=pk)
    version = get_object_or_404(DraftVersion, draft=draft, number=number)
    try:
        restored = restore_version(version=version, based_on=draft.version, by=actor_of(request))
    except StaleDraft as stale:
        flash.error(request, stale.text)
        return redirect("broadcasts:draft_versions", pk=pk)
    _tell(request, number, before=draft.version, restored=restored)
    return redirect("broadcasts:draft_edit", pk=pk)


def _lines(draft: Draft, versions: Sequence[DraftVersion]) -> list[Line]:
    """One query more: for the version before the last of them."""
    if not versions:
        return []
    earlier = draft.versions.filter(number__lt=versions[-1].number).first()
    snapshots = [Snapshot.from_json(version.snapshot) for version in (*versions, *([earlier] if earlier else []))]
    before = [*snapshots[1:], None][: len(versions)]
    return [
        Line(version, changed_in_words(previous, snapshot))
        for version, snapshot, previous in zip(versions, snapshots, before, strict=False)
    ]


def _tell(request: HttpRequest, number: int, *, before: int, restored: Restored) -> None:
    newest = restored.draft.version
    if newest == before:
        flash.info(request, _("The draft says the same as version %(number)d already.") % {"number": number})
    else:
        text = _("Version %(number)d is restored: it is the newest again, as version %(newest)d.")
        undo_url = reverse("broadcasts:draft_restore", args=[restored.draft.pk, before])
        done(request, text % {"number": number, "newest": newest}, undo_url=undo_url)
    if restored.lost:
        text = ngettext(
            "%(count)d robot, tag or person of that version does not exist any more and is left out.",
            "%(count)d robots, tags or people of that version do not exist any more and are left out.",
            restored.lost,
        )
        flash.warning(request, text % {"count": restored.lost})
