"""The library as a file, or a category of it; and templates from a file, or those that come along."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from messages.forms.draft_file import LibraryFileForm
from messages.pages.drafts.files import json_file
from messages.pages.templates.cards import drawn
from messages.services.libraries import Added, add_templates, not_there, read_library, written_library
from messages.services.message_files import FileRefused
from messages.services.starters import STARTERS


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def template_export(request: HttpRequest) -> HttpResponse:
    """`category`: only that one; empty for those without."""
    category = request.GET.get("category")
    name = _("templates") if category is None else f"{_('templates')} {category}"
    return json_file(written_library(category=category), name=f"{name} {timezone.localdate()}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def template_import(request: HttpRequest) -> HttpResponse:
    form = LibraryFileForm(request.POST, request.FILES) if request.method == "POST" else LibraryFileForm()
    if not form.is_valid():
        return render(request, "broadcasts/templates/import.html", {"form": form})
    file = form.cleaned_data["file"]
    try:
        entries = read_library(file.read(), called=file.name, name=PurePosixPath(file.name).stem)
    except FileRefused as refused:
        context = {"form": LibraryFileForm(), "faults": refused.faults}
        return render(request, "broadcasts/templates/import.html", context)
    _tell(request, add_templates(entries, by=actor_of(request)))
    return redirect("broadcasts:template_list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def template_starters(request: HttpRequest) -> HttpResponse:
    """In the language of this page."""
    entries = {starter.key: starter.entry() for starter in STARTERS}
    if request.method == "POST":
        chosen = [entry for key, entry in entries.items() if key in request.POST.getlist("starter")]
        _tell(request, add_templates(chosen, by=actor_of(request)))
        return redirect("broadcasts:template_list")
    new = not_there([*entries.values()])
    starters = [(key, entry, drawn(entry.msgtype, entry.content), entry not in new) for key, entry in entries.items()]
    return render(request, "broadcasts/templates/starters.html", {"starters": starters})


def _tell(request: HttpRequest, added: Added) -> None:
    if not added.templates and not added.there:
        flash.info(request, _("Nothing was chosen."))
        return
    text = ngettext("%(count)d template is new.", "%(count)d templates are new.", added.templates)
    told = [text % {"count": added.templates}]
    if added.there:
        text = ngettext(
            "%(count)d stands in the library already.", "%(count)d stand in the library already.", added.there
        )
        told.append(text % {"count": added.there})
    flash.success(request, " ".join(told))
