"""What the compose page asks for by itself: saving what was typed, and comparing it with what was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.forms.composition import Composition, composition_of_draft, composition_of_post, number_of
from messages.forms.draft import NameForm
from messages.models import Draft, DraftVersion
from messages.pages.drafts.comparison import comparison
from messages.pages.drafts.conflict import conflict_with
from messages.pages.drafts.page import compose_page, named, stale_page
from messages.pages.drafts.panel import panel_of
from messages.services.drafts import StaleDraft, autosave_draft, draft_of_page, save_draft, take_theirs
from messages.services.snapshots import Snapshot

Answer = dict[str, object]


@require_POST
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_autosave_new(request: HttpRequest) -> JsonResponse:
    """Makes the draft that the page is about, once."""
    return _autosave(request, None)


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_autosave(request: HttpRequest, pk: int) -> JsonResponse:
    return _autosave(request, pk)


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_take_theirs(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest version stays what it is; what stands on the page is kept as a version beside it."""
    draft = get_object_or_404(Draft, pk=pk)
    composition = composition_of_post(request.POST, draft=pk)
    theirs = number_of(request.POST.get("theirs", "")) or 0
    try:
        mine = take_theirs(
            draft=draft,
            mine=named(_with_fitting_name(composition, draft)),
            based_on=composition.based_on,
            theirs=theirs,
            by=actor_of(request),
            page=composition.page,
        )
    except StaleDraft as stale:
        return stale_page(request, composition, draft=draft, newest=stale.newest)
    if mine:
        text = _("Theirs is the newest version. Yours is kept as version %(number)d.")
        flash.success(request, text % {"number": mine})
    return redirect("broadcasts:draft_edit", pk=pk)


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_newest(request: HttpRequest, pk: int) -> HttpResponse:
    """How the newest version differs from what stands on the page."""
    draft = get_object_or_404(Draft, pk=pk)
    composition, newest = composition_of_post(request.POST, draft=pk), draft.versions.first()
    return HttpResponse(_conflict(request, composition, draft, newest) if newest else "")


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_kept(request: HttpRequest) -> HttpResponse:
    """Offers what this browser kept and nobody saved; nothing when it was saved after all."""
    composition = composition_of_post(request.POST)
    draft = Draft.objects.filter(pk=composition.draft or 0).first()
    made = draft or draft_of_page(composition.page, by=actor_of(request))
    kept = named(composition)
    if _was_saved(made, kept, composition.page) if made else composition.empty:
        return HttpResponse(status=204)
    context = {
        "kept_at": _moment(request.POST.get("kept_at", "")),
        "panel": panel_of(composition),
        "saved": panel_of(composition_of_draft(draft)) if draft else None,
        "differences": comparison(Snapshot.of(draft), kept) if draft else [],
    }
    return render(request, "broadcasts/drafts/_kept.html", context)


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_put_back(request: HttpRequest) -> HttpResponse:
    """The page with what is posted, saved or not."""
    composition = composition_of_post(request.POST)
    return compose_page(request, composition, draft=Draft.objects.filter(pk=composition.draft or 0).first())


def is_writer(request: HttpRequest) -> bool:
    """Whether the page is still that of the person who is signed in; another tab may have changed that."""
    return request.POST.get("writer") == str(request.user.pk)


def _autosave(request: HttpRequest, pk: int | None) -> JsonResponse:
    composition, by = composition_of_post(request.POST, draft=pk), actor_of(request)
    draft = Draft.objects.filter(pk=pk).first() if pk else draft_of_page(composition.page, by=by)
    if not is_writer(request) or composition.page is None:
        return JsonResponse({"state": "signedOut"})
    if pk and draft is None:
        return JsonResponse({"state": "deleted"})
    if draft is None and composition.empty:
        return JsonResponse({"state": "nothing"})
    try:
        saved = _saved(request, composition, draft)
    except StaleDraft as stale:
        return JsonResponse(_stale(request, composition, draft, stale.newest))
    return JsonResponse(_answer(request, saved, _wrong(composition)))


def _saved(request: HttpRequest, composition: Composition, draft: Draft | None) -> Draft:
    """`keep`: the person saw the newest version beside, and chose their own."""
    snapshot, by = named(_with_fitting_name(composition, draft)), actor_of(request)
    based_on, page = composition.based_on, composition.page
    if page is None or request.POST.get("keep"):
        return save_draft(draft=draft, snapshot=snapshot, based_on=based_on, by=by, page=page)
    return autosave_draft(draft=draft, snapshot=snapshot, based_on=based_on, by=by, page=page)


def _with_fitting_name(composition: Composition, draft: Draft | None) -> Composition:
    """What is wrong with the name keeps nothing else from being saved."""
    if not _wrong(composition):
        return composition
    return replace(composition, name=draft.name if draft else "")


def _wrong(composition: Composition) -> Mapping[str, list[str]]:
    errors = NameForm({"name": composition.name}).errors
    return {field: [str(text) for text in texts] for field, texts in errors.items()}


def _answer(request: HttpRequest, draft: Draft, wrong: Mapping[str, list[str]]) -> Answer:
    """`address`: where the page is found from now on, "" for whoever may not come back to it."""
    newest = draft.versions.defer("snapshot").first()
    may_edit = request.user.has_perm("broadcasts.change_draft")
    time = f"{timezone.localtime():%H:%M}"
    text = _("All changes saved, %(time)s") if not wrong else _("Saved but for what is marked below, %(time)s")
    return {
        "state": "saved",
        "line": text % {"time": time},
        "wrong": wrong,
        "draft": draft.pk,
        "version": draft.version,
        "newest": render_to_string("broadcasts/drafts/_newest.html", {"newest": newest}),
        "address": reverse("broadcasts:draft_edit", args=[draft.pk]) if may_edit else "",
        "autosave": reverse("broadcasts:draft_autosave", args=[draft.pk]) if may_edit else "",
        "presence": reverse("broadcasts:draft_presence", args=[draft.pk]) if may_edit else "",
    }


def _stale(request: HttpRequest, composition: Composition, draft: Draft | None, newest: DraftVersion | None) -> Answer:
    if draft is None or newest is None:
        return {"state": "deleted"}
    return {"state": "conflict", "html": _conflict(request, composition, draft, newest)}


def _conflict(request: HttpRequest, composition: Composition, draft: Draft, newest: DraftVersion) -> str:
    context = {
        "conflict": conflict_with(newest, composition),
        "panel": panel_of(composition),
        "draft": draft,
    }
    return render_to_string("broadcasts/drafts/_conflict.html", context, request=request)


def _was_saved(draft: Draft, kept: Snapshot, page: UUID | None) -> bool:
    """As the draft is now, or as the page that kept it had it saved, whatever came after that."""
    kept = kept.settled()
    if not kept.changes_from(Snapshot.of(draft)):
        return True
    versions = draft.versions.filter(page=page) if page else ()
    return any(not kept.changes_from(Snapshot.from_json(each.snapshot)) for each in versions)


def _moment(milliseconds: str) -> datetime:
    """When a browser's clock says that it was; what is no number of our time is now."""
    number = number_of(milliseconds)
    now = timezone.now()
    return datetime.fromtimestamp(number / 1000, UTC) if number and number < now.timestamp() * 1000 else now
