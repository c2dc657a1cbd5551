"""CSV files over the page: upload, then either everything is there or every mistake is shown."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from robots.forms.importing import ImportForm, RobotImportForm
from robots.imports.mistakes import ImportRefused, mistakes_in
from robots.imports.recipients import import_recipients
from robots.imports.robots import import_robots
from robots.imports.summaries import recipients_summary, robots_summary
from robots.imports.templates import recipients_template, robots_template
from robots.organisations import default_organisation
from robots.pages.posting import posted


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.add_robot", raise_exception=True)
def robot_import(request: HttpRequest) -> HttpResponse:
    form = RobotImportForm(posted(request), request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, "robots")
    organisation = form.cleaned_data["organisation"] or default_organisation()
    try:
        done = import_robots(form.cleaned_data["file"].read(), organisation=organisation, by=actor_of(request))
    except ImportRefused as refused:
        return _page(request, form, "robots", refused)
    flash.success(request, robots_summary(done))
    return redirect("robots:list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.add_recipient", raise_exception=True)
def recipient_import(request: HttpRequest) -> HttpResponse:
    form = ImportForm(posted(request), request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, "recipients")
    try:
        done = import_recipients(form.cleaned_data["file"].read(), by=actor_of(request))
    except ImportRefused as refused:
        return _page(request, form, "recipients", refused)
    flash.success(request, recipients_summary(done))
    return redirect("robots:recipient_list")


@require_safe
@login_required
@permission_required("robots.add_robot", raise_exception=True)
def robot_import_template(request: HttpRequest) -> HttpResponse:
    return _download(robots_template(), "robots.csv")


@require_safe
@login_required
@permission_required("robots.add_recipient", raise_exception=True)
def recipient_import_template(request: HttpRequest) -> HttpResponse:
    return _download(recipients_template(), "recipients.csv")


def _page(request: HttpRequest, form: ImportForm, what: str, refused: ImportRefused | None = None) -> HttpResponse:
    context = {"form": form, **mistakes_in(refused)}
    return render(request, f"robots/{what}/import.html", context)


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
