"""Writing a draft: the page, and its two ways to save."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.composition import (
    Composition,
    composition_of_draft,
    composition_of_post,
    composition_of_snapshot,
)
from messages.forms.draft import NameForm
from messages.models import Draft, DraftVersion, MessageType
from messages.pages.drafts.differences import differences
from messages.pages.drafts.page import Conflict, compose_page, new_name
from messages.pages.drafts.panel import panel_of
from messages.services.content import message_of
from messages.services.drafts import StaleDraft, save_draft
from messages.services.snapshots import Snapshot


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_create(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request, None, onward="broadcasts:draft_edit")
    msgtype = request.GET.get("msgtype", "")
    return compose_page(request, Composition(msgtype=msgtype if msgtype in MessageType.values else MessageType.TEXT))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, pk, onward="broadcasts:draft_edit")
    draft = get_object_or_404(Draft, pk=pk)
    return compose_page(request, composition_of_draft(draft), draft=draft)


@require_POST
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_create_and_launch(request: HttpRequest) -> HttpResponse:
    return _save(request, None, onward="broadcasts:draft_launch")


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def draft_edit_and_launch(request: HttpRequest, pk: int) -> HttpResponse:
    return _save(request, pk, onward="broadcasts:draft_launch")


def _save(request: HttpRequest, pk: int | None, *, onward: str) -> HttpResponse:
    """Saves, or shows the page again with everything that was typed."""
    composition = composition_of_post(request.POST, draft=pk)
    draft = Draft.objects.filter(pk=pk).first() if pk else None
    if pk and not draft:
        return compose_page(request, composition.unsaved(), deleted=True)
    form = NameForm({"name": composition.name})
    if not form.is_valid():
        return compose_page(request, composition, draft=draft, name_form=form)
    snapshot = composition.snapshot(name=composition.name)
    if not snapshot.name:
        snapshot = replace(snapshot, name=new_name(message_of(snapshot.msgtype, snapshot.content)))
    try:
        saved = save_draft(draft=draft, snapshot=snapshot, based_on=composition.based_on, by=actor_of(request))
    except StaleDraft as stale:
        return _stale_page(request, composition, draft=draft, newest=stale.newest)
    flash.success(request, _("Saved as version %(number)d.") % {"number": saved.version})
    return redirect(onward, pk=saved.pk)


def _stale_page(
    request: HttpRequest, composition: Composition, *, draft: Draft | None, newest: DraftVersion | None
) -> HttpResponse:
    """A further save is based on the version that is shown beside: it replaces it knowingly."""
    if newest is None:
        return compose_page(request, composition.unsaved(), deleted=True)
    theirs = Snapshot.from_json(newest.snapshot)
    conflict = Conflict(
        version=newest,
        panel=panel_of(composition_of_snapshot(theirs)),
        differences=differences(theirs, composition.snapshot(name=composition.name)),
    )
    return compose_page(request, composition.based_upon(newest.number), draft=draft, conflict=conflict)
