from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from robots.forms.filters import RecipientFilters
from robots.forms.recipient import RecipientForm
from robots.models import Recipient
from robots.pages.paging import page_by_name
from robots.pages.posting import posted
from robots.services.recipients import delete_recipient


@require_safe
@login_required
@permission_required("robots.view_recipient", raise_exception=True)
def recipient_list(request: HttpRequest) -> HttpResponse:
    filters = RecipientFilters(request.GET)
    page = page_by_name(request, filters.apply(Recipient.objects.prefetch_related("lists")))
    return render(request, "robots/recipients/list.html", {"filters": filters, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.add_recipient", raise_exception=True)
def recipient_create(request: HttpRequest) -> HttpResponse:
    form = RecipientForm(posted(request))
    if request.method == "POST" and form.is_valid() and (recipient := form.create(by=actor_of(request))):
        flash.success(request, _("%(recipient)s is added.") % {"recipient": recipient})
        return redirect("robots:recipient_list")
    return render(request, "robots/recipients/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_recipient", raise_exception=True)
def recipient_edit(request: HttpRequest, pk: int) -> HttpResponse:
    recipient = get_object_or_404(Recipient, pk=pk)
    form = RecipientForm(posted(request), instance=get_object_or_404(Recipient, pk=pk))
    if request.method == "POST" and form.is_valid() and (changed := form.update(by=actor_of(request))):
        flash.success(request, _("%(recipient)s is saved.") % {"recipient": changed})
        return redirect("robots:recipient_list")
    return render(request, "robots/recipients/form.html", {"form": form, "recipient": recipient})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.delete_recipient", raise_exception=True)
def recipient_delete(request: HttpRequest, pk: int) -> HttpResponse:
    recipient = get_object_or_404(Recipient, pk=pk)
    if request.method == "POST":
        delete_recipient(recipient, by=actor_of(request))
        flash.success(request, _("%(recipient)s is deleted.") % {"recipient": recipient})
        return redirect("robots:recipient_list")
    context = {
        "title": _("Delete the recipient %(recipient)s?") % {"recipient": recipient},
        "consequences": [
            _("Recipient lists and drafts lose the person. Messages that were launched already still mention them."),
            _("Drafts that mention the person by name in their text cannot be sent until somebody changes that."),
            _("If somebody takes over, choose the successor first, on the page of this recipient."),
            _("The number and the userId are erased here."),
        ],
        "action_label": _("Delete the recipient"),
        "cancel_url": reverse("robots:recipient_edit", args=[pk]),
    }
    return render(request, "ui/_confirm.html", context)
