"""A draft's message as a file: taken along, and brought in."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from messages.forms.draft_file import DraftFileForm
from messages.models import Draft
from messages.services.message_files import FileRefused, import_draft, written_file

# What some file system or other takes for something else, and what no person sees.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2066-\u2069]+')


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_export(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    return json_file(written_file(draft), name=draft.name)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_import(request: HttpRequest) -> HttpResponse:
    form = DraftFileForm(request.POST, request.FILES) if request.method == "POST" else DraftFileForm()
    if not form.is_valid():
        return render(request, "broadcasts/drafts/import.html", {"form": form})
    file = form.cleaned_data["file"]
    name = PurePosixPath(file.name).stem
    try:
        draft = import_draft(file.read(), called=file.name, name=name, by=actor_of(request))
    except FileRefused as refused:
        return render(request, "broadcasts/drafts/import.html", {"form": form, "faults": refused.faults})
    flash.success(request, _("“%(name)s” is a draft now. Choose whom it goes to.") % {"name": draft.name})
    return redirect("broadcasts:draft_edit", pk=draft.pk)


def json_file(content: bytes, *, name: str) -> HttpResponse:
    """To be kept by the browser under this name, as far as file systems take it."""
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    called = _NOT_IN_NAMES.sub(" ", name).strip(" .") or _("draft")
    disposition = content_disposition_header(as_attachment=True, filename=f"{called}.json")
    response["Content-Disposition"] = disposition or "attachment"
    return response
