"""Taking a launch back within its first seconds, by one press."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.history.undo import open_window
from messages.models import Broadcast
from messages.pages.dry_run.rehearsal import user_of
from messages.services.undo import CannotTakeBack, take_back

# Without scripts the page asks again by itself a moment after the window's end, when the tick has fired it.
REFRESH_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Countdown:
    """`held`: paused, or all sending is stopped, so that it does not go out when the time is over."""

    ends_at: datetime
    seconds: int
    left: int
    held: bool

    @property
    def refresh_after(self) -> int:
        return self.left + REFRESH_AFTER_SECONDS


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """To the launch page as it was left; to the broadcast when it was too late, where it can be stopped."""
    broadcast = get_object_or_404(Broadcast, pk=pk)
    try:
        if take_back(broadcast, user=user_of(request), by=actor_of(request)):
            flash.success(request, _("Taken back: nothing was sent. Everything stands here as you left it."))
        else:
            flash.info(request, _("It was taken back already: nothing was sent."))
    except CannotTakeBack as refused:
        flash.warning(request, refused.text)
        return redirect("broadcasts:broadcast_detail", pk=pk)
    if broadcast.draft_id is None:
        return redirect("broadcasts:broadcast_detail", pk=pk)
    return redirect("broadcasts:draft_launch", pk=broadcast.draft_id)


def countdown_of(broadcast: Broadcast, *, now: datetime, stopped: bool) -> Countdown | None:
    """None once it is too late."""
    window = open_window(broadcast)
    if window is None:
        return None
    return Countdown(
        ends_at=window.ends_at,
        seconds=math.ceil((window.ends_at - broadcast.created_at).total_seconds()),
        left=max(0, math.ceil((window.ends_at - now).total_seconds())),
        held=stopped or broadcast.paused_at is not None,
    )
