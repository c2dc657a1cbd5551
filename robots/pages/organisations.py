from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actors import actor_of
from robots.forms.filters import NameFilter
from robots.forms.organisation import OrganisationForm
from robots.models import Organisation
from robots.pages.paging import page_by_name
from robots.pages.posting import posted
from robots.services.organisations import (
    HasRobotsError,
    create_organisation,
    delete_organisation,
    resume_organisation,
    update_organisation,
)


@require_safe
@login_required
@permission_required("robots.view_organisation", raise_exception=True)
def organisation_list(request: HttpRequest) -> HttpResponse:
    filters = NameFilter(request.GET)
    organisations = Organisation.objects.filter(name__icontains=filters.text).annotate(robot_count=Count("robots"))
    context = {"filters": filters, "page": page_by_name(request, organisations)}
    return render(request, "robots/organisations/list.html", context)


@require_safe
@login_required
@permission_required("robots.view_organisation", raise_exception=True)
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = get_object_or_404(Organisation.objects.annotate(robot_count=Count("robots")), pk=pk)
    until = organisation.quota_exhausted_until
    context = {"organisation": organisation, "exhausted_until": until if until and until > timezone.now() else None}
    return render(request, "robots/organisations/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.add_organisation", raise_exception=True)
def organisation_create(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        organisation = create_organisation(**form.cleaned_data, by=actor_of(request))
        flash.success(request, _("%(organisation)s is added.") % {"organisation": organisation})
        return redirect("robots:organisation_detail", pk=organisation.pk)
    return render(request, "robots/organisations/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_organisation", raise_exception=True)
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=pk)
    form = OrganisationForm(posted(request), instance=get_object_or_404(Organisation, pk=pk))
    if request.method == "POST" and form.is_valid():
        changed = update_organisation(organisation, **form.cleaned_data, by=actor_of(request))
        flash.success(request, _("%(organisation)s is saved.") % {"organisation": changed})
        return redirect("robots:organisation_detail", pk=pk)
    return render(request, "robots/organisations/form.html", {"form": form, "organisation": organisation})


@require_POST
@login_required
@permission_required("robots.change_organisation", raise_exception=True)
def organisation_resume(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=pk)
    if resume_organisation(organisation, by=actor_of(request)):
        flash.success(request, _("Sending to the robots of %(organisation)s goes on.") % {"organisation": organisation})
    else:
        flash.info(request, _("Nothing had stopped %(organisation)s.") % {"organisation": organisation})
    return redirect("robots:organisation_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.delete_organisation", raise_exception=True)
def organisation_delete(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=pk)
    if request.method == "POST":
        return _delete(request, organisation)
    context = {
        "title": _("Delete the organisation %(organisation)s?") % {"organisation": organisation},
        "consequences": [_("Its quota is no longer watched. The history of what was sent stays.")],
        "action_label": _("Delete the organisation"),
        "cancel_url": reverse("robots:organisation_detail", args=[pk]),
    }
    return render(request, "ui/_confirm.html", context)


def _delete(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    try:
        delete_organisation(organisation, by=actor_of(request))
    except HasRobotsError:
        flash.error(request, _("Robots belong to this organisation. Delete them, or give them to another one first."))
        return redirect("robots:organisation_detail", pk=organisation.pk)
    flash.success(request, _("%(organisation)s is deleted.") % {"organisation": organisation})
    return redirect("robots:organisation_list")
