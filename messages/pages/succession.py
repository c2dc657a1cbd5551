"""Somebody leaves: who takes their place is chosen, what would change is shown, and then it is done in one act."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.composition import number_of
from messages.models import Succession
from messages.services.drafts import StaleDraft
from messages.services.succession.acts import NotTheNewest, succeed, undo
from messages.services.succession.places import exchange_of, places_of
from robots.forms.filters import NameFilter, found_in
from robots.models import Recipient

RIGHTS = (
    "robots.change_recipient",
    "robots.change_recipientlist",
    "broadcasts.change_draft",
    "broadcasts.send_broadcast",
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(RIGHTS, raise_exception=True)
def successor(request: HttpRequest, pk: int) -> HttpResponse:
    """`?q=` finds people, `?successor=` shows what would change; a POST with the same does it."""
    leaver = get_object_or_404(Recipient, pk=pk)
    chosen = _chosen(request, leaver)
    if request.method == "POST":
        return _succeed(request, leaver, chosen)
    text = NameFilter(request.GET).text
    context = {
        "leaver": leaver,
        **found_in(Recipient.objects.exclude(pk=pk).order_by("name", "pk"), text),
        "successor": chosen,
        "places": places_of(exchange_of(leaver, chosen or leaver)),
        "latest": Succession.objects.filter(leaver=leaver).select_related("successor").first(),
    }
    return render(request, "broadcasts/succession/page.html", context)


@require_POST
@login_required
@permission_required(RIGHTS, raise_exception=True)
def succession_undo(request: HttpRequest, pk: int) -> HttpResponse:
    latest = Succession.objects.filter(leaver=get_object_or_404(Recipient, pk=pk)).first()
    if latest is None:
        raise Http404
    try:
        left = undo(latest, by=actor_of(request))
    except NotTheNewest:
        flash.error(request, _("Another succession was made since. Take that one back first."))
        return redirect("broadcasts:successor", pk=pk)
    flash.success(request, _("Taken back."))
    if left:
        text = ngettext(
            "%(count)d place was changed since, or has gone out, and stays as it is.",
            "%(count)d places were changed since, or have gone out, and stay as they are.",
            left,
        )
        flash.warning(request, text % {"count": left})
    return redirect("broadcasts:successor", pk=pk)


def _chosen(request: HttpRequest, leaver: Recipient) -> Recipient | None:
    """None as long as nobody is chosen."""
    values = request.POST if request.method == "POST" else request.GET
    number = number_of(values.get("successor", ""))
    return Recipient.objects.exclude(pk=leaver.pk).filter(pk=number).first() if number else None


def _succeed(request: HttpRequest, leaver: Recipient, chosen: Recipient | None) -> HttpResponse:
    if chosen is None:
        flash.error(request, _("Choose the successor first."))
        return redirect("broadcasts:successor", pk=leaver.pk)
    try:
        succeed(leaver, chosen, by=actor_of(request))
    except StaleDraft:
        flash.error(request, _("Somebody saved one of the drafts at this moment. Nothing was changed; try again."))
        query = {"successor": str(chosen.pk)}
        return redirect(reverse("broadcasts:successor", args=[leaver.pk], query=query))
    told = {"successor": chosen, "leaver": leaver}
    flash.success(request, _("%(successor)s has taken the place of %(leaver)s.") % told)
    return redirect("broadcasts:successor", pk=leaver.pk)
