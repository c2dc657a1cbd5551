"""Copying and deleting a draft."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.models import Draft
from messages.services.drafts import copy_draft, delete_draft


@require_POST
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_copy(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    copied = copy_draft(draft=draft, by=actor_of(request))
    flash.success(request, _("This is the copy; “%(name)s” stays as it is.") % {"name": draft.name})
    return redirect("broadcasts:draft_edit", pk=copied.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.delete_draft", raise_exception=True)
def draft_delete(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    if request.method == "POST":
        return _delete(request, draft)
    context = {
        "title": _("Delete “%(name)s”?") % {"name": draft.name},
        "consequences": _consequences(draft),
        "action_label": _("Delete the draft"),
        "cancel_url": reverse("broadcasts:draft_list"),
    }
    return render(request, "ui/_confirm.html", context)


def _delete(request: HttpRequest, draft: Draft) -> HttpResponse:
    delete_draft(draft=draft, by=actor_of(request))
    flash.success(request, _("“%(name)s” is deleted.") % {"name": draft.name})
    return redirect("broadcasts:draft_list")


def _consequences(draft: Draft) -> list[str]:
    text = ngettext(
        "The draft and its %(count)d version are gone for good.",
        "The draft and its %(count)d versions are gone for good.",
        draft.version,
    )
    told = [text % {"count": draft.version}]
    if draft.launches:
        told.append(_("What was launched from it stays as it is, and goes out as planned."))
    return told
