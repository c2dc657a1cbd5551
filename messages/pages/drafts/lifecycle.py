"""Copying and deleting a draft, putting drafts away and taking them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.composition import number_of
from messages.models import Draft
from messages.pages.undoable import done
from messages.services.drafts import copy_draft, delete_draft
from messages.services.shelves import archive_drafts, take_back

MOST: Final = 100  # twice a page of the list


@require_POST
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_copy(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    copied = copy_draft(draft=draft, by=actor_of(request))
    text = _("This is the copy, with mentions, own words and audience; “%(name)s” stays as it is.")
    flash.success(request, text % {"name": draft.name})
    return redirect("broadcasts:draft_edit", pk=copied.pk)


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def drafts_archive(request: HttpRequest) -> HttpResponse:
    """Those that were chosen on the list, or the one of its menu."""
    moved = archive_drafts(drafts_asked(request), by=actor_of(request))
    _tell_moved(
        request,
        moved,
        one=_("“%(name)s” is archived."),
        many=lambda count: ngettext("%(count)d draft is archived.", "%(count)d drafts are archived.", count),
        undo="broadcasts:drafts_take_back",
    )
    return redirect("broadcasts:draft_list")


@require_POST
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def drafts_take_back(request: HttpRequest) -> HttpResponse:
    """`from_page`: asked on the draft's own page, which is shown again."""
    moved = take_back(drafts_asked(request), by=actor_of(request))
    _tell_moved(
        request,
        moved,
        one=_("“%(name)s” is among the drafts again."),
        many=lambda count: ngettext(
            "%(count)d draft is among the drafts again.", "%(count)d drafts are among the drafts again.", count
        ),
        undo="broadcasts:drafts_archive",
    )
    if moved and "from_page" in request.POST:
        return redirect("broadcasts:draft_edit", pk=moved[0].pk)
    return redirect("broadcasts:draft_list")


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
        "action_label": _("Delete the template") if draft.is_template else _("Delete the draft"),
        "cancel_url": reverse(_list_of(draft)),
    }
    return render(request, "ui/_confirm.html", context)


def _delete(request: HttpRequest, draft: Draft) -> HttpResponse:
    delete_draft(draft=draft, by=actor_of(request))
    flash.success(request, _("“%(name)s” is deleted.") % {"name": draft.name})
    return redirect(_list_of(draft))


def drafts_asked(request: HttpRequest) -> list[int]:
    """`draft`, repeated: of the form, or of the address that an undo is posted to."""
    given = [*request.POST.getlist("draft"), *request.GET.getlist("draft")]
    return [number for text in given[:MOST] if (number := number_of(text)) is not None]


def _tell_moved(
    request: HttpRequest, moved: Sequence[Draft], *, one: str, many: Callable[[int], str], undo: str
) -> None:
    if not moved:
        flash.info(request, _("Nothing changed: no draft was chosen, or it stood there already."))
        return
    text = one % {"name": moved[0].name} if len(moved) == 1 else many(len(moved)) % {"count": len(moved)}
    query = urlencode([("draft", draft.pk) for draft in moved])
    done(request, text, undo_url=f"{reverse(undo)}?{query}")


def _list_of(draft: Draft) -> str:
    if draft.is_template:
        return "broadcasts:template_list"
    return "broadcasts:draft_archive" if draft.is_archived else "broadcasts:draft_list"


def _consequences(draft: Draft) -> list[str]:
    count = draft.versions.count()
    if draft.is_template:
        text = ngettext(
            "The template and its %(count)d version are gone for good.",
            "The template and its %(count)d versions are gone for good.",
            count,
        )
        return [text % {"count": count}, _("Drafts that were made of it stay as they are.")]
    text = ngettext(
        "The draft and its %(count)d version are gone for good.",
        "The draft and its %(count)d versions are gone for good.",
        count,
    )
    told = [text % {"count": count}]
    if draft.launches:
        told.append(_("What was launched from it stays as it is, and goes out as planned."))
    return told
