"""A person lets the rest of a broadcast go, whatever became of its first group."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.models import Broadcast
from messages.services.first_group import CannotRelease, let_rest_go


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def go(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk)
    try:
        if let_rest_go(broadcast, by=actor_of(request)):
            flash.success(request, _("The rest is on its way."))
        else:
            flash.info(request, _("It was released already."))
    except CannotRelease as refused:
        flash.info(request, refused.text)
    return redirect("broadcasts:broadcast_detail", pk=pk)
