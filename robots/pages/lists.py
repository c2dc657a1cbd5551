"""Recipient lists and who is on them."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actors import actor_of
from robots.forms.filters import NameFilter, found_in
from robots.forms.labels import RecipientListForm
from robots.models import Recipient, RecipientList
from robots.pages.paging import page_by_name
from robots.pages.posting import posted
from robots.services.lists import add_member, create_list, delete_list, remove_member, rename_list


@require_safe
@login_required
@permission_required("robots.view_recipientlist", raise_exception=True)
def list_list(request: HttpRequest) -> HttpResponse:
    filters = NameFilter(request.GET)
    lists = RecipientList.objects.filter(name__icontains=filters.text).annotate(member_count=Count("members"))
    return render(request, "robots/lists/list.html", {"filters": filters, "page": page_by_name(request, lists)})


@require_safe
@login_required
@permission_required("robots.view_recipientlist", raise_exception=True)
def list_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The members by pages; `?q=` finds people who are not on the list yet."""
    recipient_list = get_object_or_404(RecipientList.objects.annotate(member_count=Count("members")), pk=pk)
    text = NameFilter(request.GET).text
    others = Recipient.objects.exclude(lists=recipient_list)
    found = found_in(others if text else others.none(), text)
    context = {
        "list": recipient_list,
        "page": page_by_name(request, recipient_list.members.all()),
        **found,
        "anybody": bool(found["found"]) or Recipient.objects.exists(),
    }
    return render(request, "robots/lists/detail.html", context)


@require_POST
@login_required
@permission_required("robots.change_recipientlist", raise_exception=True)
def list_add(request: HttpRequest, pk: int, recipient_pk: int) -> HttpResponse:
    recipient_list, recipient = get_object_or_404(RecipientList, pk=pk), get_object_or_404(Recipient, pk=recipient_pk)
    add_member(recipient_list, recipient, by=actor_of(request))
    flash.success(request, _("%(recipient)s is on the list.") % {"recipient": recipient})
    # Back to what was searched for: whoever adds one often adds another.
    search = request.POST.get("q", "")
    return redirect(reverse("robots:list_detail", args=[pk], query={"q": search} if search else None))


@require_POST
@login_required
@permission_required("robots.change_recipientlist", raise_exception=True)
def list_remove(request: HttpRequest, pk: int, recipient_pk: int) -> HttpResponse:
    recipient_list, recipient = get_object_or_404(RecipientList, pk=pk), get_object_or_404(Recipient, pk=recipient_pk)
    remove_member(recipient_list, recipient, by=actor_of(request))
    flash.success(request, _("%(recipient)s is no longer on the list.") % {"recipient": recipient})
    return redirect("robots:list_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.add_recipientlist", raise_exception=True)
def list_create(request: HttpRequest) -> HttpResponse:
    form = RecipientListForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = create_list(name=form.cleaned_data["name"], by=actor_of(request))
        flash.success(request, _("The list %(list)s is added. Now put people on it.") % {"list": made})
        return redirect("robots:list_detail", pk=made.pk)
    return render(request, "robots/lists/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_recipientlist", raise_exception=True)
def list_rename(request: HttpRequest, pk: int) -> HttpResponse:
    recipient_list = get_object_or_404(RecipientList, pk=pk)
    form = RecipientListForm(posted(request), instance=get_object_or_404(RecipientList, pk=pk))
    if request.method == "POST" and form.is_valid():
        renamed = rename_list(recipient_list, name=form.cleaned_data["name"], by=actor_of(request))
        flash.success(request, _("The list is now called %(list)s.") % {"list": renamed})
        return redirect("robots:list_detail", pk=pk)
    return render(request, "robots/lists/form.html", {"form": form, "list": recipient_list})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.delete_recipientlist", raise_exception=True)
def list_delete(request: HttpRequest, pk: int) -> HttpResponse:
    recipient_list = get_object_or_404(RecipientList, pk=pk)
    if request.method == "POST":
        delete_list(recipient_list, by=actor_of(request))
        flash.success(request, _("The list %(list)s is deleted.") % {"list": recipient_list})
        return redirect("robots:list_list")
    context = {
        "title": _("Delete the list %(list)s?") % {"list": recipient_list},
        "consequences": [
            _("The people on it stay; only the list is gone."),
            _("Drafts that mention the list mention these people no longer. What was launched stays as it is."),
        ],
        "action_label": _("Delete the list"),
        "cancel_url": reverse("robots:list_detail", args=[pk]),
    }
    return render(request, "ui/_confirm.html", context)
