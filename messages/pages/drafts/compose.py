"""Writing a draft: the page, and its two ways to save."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.composition import Composition, composition_of_draft, composition_of_post
from messages.forms.draft import NameForm
from messages.models import Draft, MessageType
from messages.pages.drafts.page import compose_page, named, stale_page
from messages.services.drafts import StaleDraft, draft_of_page, save_draft


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
    composition, by = composition_of_post(request.POST, draft=pk), actor_of(request)
    draft = Draft.objects.filter(pk=pk).first() if pk else draft_of_page(composition.page, by=by)
    if pk and not draft:
        return compose_page(request, composition.unsaved(), deleted=True)
    form = NameForm({"name": composition.name})
    if not form.is_valid():
        return compose_page(request, composition, draft=draft, name_form=form)
    snapshot = named(composition)
    try:
        saved = save_draft(draft=draft, snapshot=snapshot, based_on=composition.based_on, by=by, page=composition.page)
    except StaleDraft as stale:
        return stale_page(request, composition, draft=draft, newest=stale.newest)
    flash.success(request, _("Saved as version %(number)d.") % {"number": saved.version})
    return redirect(onward, pk=saved.pk)
