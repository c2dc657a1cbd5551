from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.models import Broadcast
from messages.services.correction import NothingToCorrect, correct


@require_POST
@login_required
@permission_required(["broadcasts.view_broadcast", "broadcasts.add_draft"], raise_exception=True)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """To the draft of the correction, where the person goes on writing."""
    broadcast = get_object_or_404(Broadcast, pk=pk)
    try:
        draft = correct(broadcast=broadcast, by=actor_of(request))
    except NothingToCorrect as nothing:
        flash.warning(request, nothing.text)
        return redirect("broadcasts:broadcast_detail", pk=pk)
    count = draft.robots.count()
    text = ngettext(
        "This correction goes to the %(count)d group that got “%(name)s”. Write what is right, then send it.",
        "This correction goes to the %(count)d groups that got “%(name)s”. Write what is right, then send it.",
        count,
    )
    flash.success(request, text % {"count": count, "name": broadcast.name})
    return redirect("broadcasts:draft_edit", pk=draft.pk)
