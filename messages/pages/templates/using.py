"""A draft of a template, a template of a draft, and what is said about a template."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.templates import NewTemplateForm, TemplateForm
from messages.models import Draft
from messages.services.templates import categories, describe_template, save_as_template, templates, use_template


@require_POST
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def template_use(request: HttpRequest, pk: int) -> HttpResponse:
    draft = use_template(template=get_object_or_404(templates(), pk=pk), by=actor_of(request))
    flash.success(request, _("This is a new draft; the template stays as it is. Fill in what is left open."))
    return redirect("broadcasts:draft_edit", pk=draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.add_draft", raise_exception=True)
def draft_save_as_template(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    posted = request.method == "POST"
    form = NewTemplateForm(request.POST) if posted else NewTemplateForm(initial={"name": draft.name})
    if not form.is_valid():
        context = {"draft": draft, "form": form, "categories": categories()}
        return render(request, "broadcasts/templates/new.html", context)
    template = save_as_template(draft=draft, by=actor_of(request), **form.cleaned_data)
    flash.success(request, _("“%(name)s” is a template now; the draft stays as it is.") % {"name": template.name})
    return redirect("broadcasts:template_detail", pk=template.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def template_about(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(templates(), pk=pk)
    said = {"category": template.category, "description": template.description}
    form = TemplateForm(request.POST) if request.method == "POST" else TemplateForm(initial=said)
    if not form.is_valid():
        context = {"draft": template, "form": form, "categories": categories()}
        return render(request, "broadcasts/templates/about.html", context)
    describe_template(template=template, by=actor_of(request), **form.cleaned_data)
    flash.success(request, _("Saved."))
    return redirect("broadcasts:template_detail", pk=pk)
