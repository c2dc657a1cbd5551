"""Pausing a broadcast, which can be undone and so needs no question, and resuming it, which may send at once."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from audit.words import name_in_words
from messages.models import Broadcast
from messages.pages.broadcasts.brake import planned_time_missed
from messages.pages.broadcasts.late import late_by
from messages.services.pausing import CannotPause, CannotResume, pause_broadcast, resume_broadcast


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """The page itself then tells how far the pause has taken hold."""
    broadcast = get_object_or_404(Broadcast, pk=pk)
    try:
        if not pause_broadcast(broadcast, by=actor_of(request)):
            flash.info(request, _("It was paused already."))
    except CannotPause as refused:
        flash.info(request, refused.text)
    return redirect("broadcasts:broadcast_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, for the page that has to: where the planned time has passed, resuming sends at once."""
    broadcast = get_object_or_404(Broadcast, pk=pk)
    if request.method == "POST":
        _resume(request, broadcast)
        return redirect("broadcasts:broadcast_detail", pk=pk)
    context = {
        "title": _("Resume “%(name)s”?") % {"name": broadcast.name},
        "consequences": _consequences(broadcast, now=timezone.now()),
        "action_label": _("Resume"),
        "cancel_url": reverse("broadcasts:broadcast_detail", args=[pk]),
        "tone": "plain",
    }
    return render(request, "ui/_confirm.html", context)


def _resume(request: HttpRequest, broadcast: Broadcast) -> None:
    try:
        if resume_broadcast(broadcast, by=actor_of(request)):
            flash.success(request, _("It goes on where it stood."))
        else:
            flash.info(request, _("It was not paused."))
    except CannotResume as refused:
        flash.info(request, refused.text)


def _consequences(broadcast: Broadcast, *, now: datetime) -> list[str]:
    if not planned_time_missed(broadcast, now=now) or broadcast.next_at is None:
        return [_("It goes on where it stood.")]
    if broadcast.useful_until and broadcast.useful_until <= now:
        return [
            _("Its planned time has passed while it was paused, and it is of no use any more."),
            _("Nothing of it goes out: every delivery expires."),
        ]
    who = name_in_words(broadcast.paused_by_name)
    return [
        _("Its planned time has passed while it was paused by %(who)s.") % {"who": who},
        _("It goes out at once, %(late)s.") % {"late": late_by(now - broadcast.next_at)},
    ]
