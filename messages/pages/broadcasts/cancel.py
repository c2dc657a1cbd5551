"""Asks before a broadcast is cancelled, and says what that will and will not stop."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from messages.history.first_group import rest_of
from messages.history.progress import Progress, may_change, progress_of
from messages.models import Broadcast, BroadcastStatus
from messages.pages.sending.stopping import calls_finish
from messages.services.cancel import CannotCancel, cancel_broadcast


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk)
    progress = progress_of([pk])[pk]
    if not may_change(broadcast, progress):
        flash.info(request, _("There is nothing left to cancel: nothing of this broadcast is still to go out."))
        return redirect("broadcasts:broadcast_detail", pk=pk)
    if broadcast.status == BroadcastStatus.CANCELLED:
        flash.info(request, _("It was cancelled already."))
        return redirect("broadcasts:broadcast_detail", pk=pk)
    if request.method == "POST":
        return _cancel(request, broadcast)
    context = {
        "title": _("Cancel “%(name)s”?") % {"name": broadcast.name},
        "consequences": _consequences(broadcast, progress, rest=rest_of(broadcast)),
        "action_label": _("Cancel the broadcast"),
        "cancel_url": reverse("broadcasts:broadcast_detail", args=[pk]),
    }
    return render(request, "ui/_confirm.html", context)


def _cancel(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    try:
        stopped = cancel_broadcast(broadcast, by=actor_of(request))
    except CannotCancel as refused:
        flash.info(request, refused.text)
        return redirect("broadcasts:broadcast_detail", pk=broadcast.pk)
    if stopped:
        text = ngettext(
            "Cancelled: %(count)d group will not get it.", "Cancelled: %(count)d groups will not get it.", stopped
        )
        flash.success(request, text % {"count": stopped})
    else:
        flash.success(request, _("Cancelled: nothing more of it goes out."))
    return redirect("broadcasts:broadcast_detail", pk=broadcast.pk)


def _consequences(broadcast: Broadcast, progress: Progress, *, rest: int) -> list[str]:
    if broadcast.status == BroadcastStatus.SCHEDULED and not progress.total:
        return [_("Nothing of it has gone out, and nothing will."), _("It cannot be taken up again; its draft stays.")]
    sentences = [_waiting(progress.waiting + rest)]
    if progress.sending:
        sentences.append(calls_finish(progress.sending))
    if progress.delivered:
        sentences.append(_("What was delivered stays in its group: DingTalk cannot take it back."))
    if progress.uncertain:
        sentences.append(_("What is unknown is not sent again by itself: a person decides about it."))
    return sentences


def _waiting(count: int) -> str:
    text = ngettext(
        "%(count)d group is still waiting and will not get it.",
        "%(count)d groups are still waiting and will not get it.",
        count,
    )
    return text % {"count": count}
