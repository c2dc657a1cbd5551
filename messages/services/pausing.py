"""Pausing a broadcast and letting it go on where it stood."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.engine.holding import begin_hold, end_hold
from messages.engine.recovery import distrust_old_retries
from messages.models import Broadcast, BroadcastStatus, Delivery, HoldKind
from messages.services.remaining import still_to_go_out
from messages.wakeups import wake_tick


class CannotPause(Exception):
    """Nothing was changed. `text` says why, for the person who asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the broadcast cannot be paused")


class CannotResume(Exception):
    """Nothing was changed. `text` says why, for the person who asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the broadcast cannot be resumed")


@transaction.atomic
def pause_broadcast(broadcast: Broadcast, *, by: Actor) -> bool:
    """Neither fire nor call it until it is resumed; what waits stays where it is. False when it was paused already.

    Calls in flight at this moment finish. Raises CannotPause when nothing of it is still to go out.
    """
    # Locked before the time is taken: behind a firing that runs at this moment it may take a while.
    current = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
    now = timezone.now()
    if current.paused_at is not None and current.status != BroadcastStatus.CANCELLED:
        return False
    going = still_to_go_out(Broadcast.objects.filter(pk=broadcast.pk, paused_at=None))
    if not going.update(paused_at=now, paused_by_name=by.name):
        raise CannotPause(_("There is nothing left to pause: nothing of this broadcast is still to go out."))
    begin_hold(HoldKind.PAUSED, broadcast=broadcast.pk, by=by.name, now=now)
    record("broadcast.paused", by=by, target=broadcast)
    return True


@transaction.atomic
def resume_broadcast(broadcast: Broadcast, *, by: Actor) -> bool:
    """Let it go on where it stood; a planned time that has passed meanwhile fires now. False when it was not paused.

    Raises CannotResume when it was cancelled.
    """
    # Locked before the time is taken, for the same reason.
    current = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
    now = timezone.now()
    if current.status == BroadcastStatus.CANCELLED:
        raise CannotResume(_("It was cancelled: nothing of it goes out any more."))
    paused = Broadcast.objects.filter(pk=broadcast.pk, paused_at__isnull=False)
    if not paused.update(paused_at=None, paused_by_name=""):
        return False
    end_hold(broadcast=broadcast.pk, by=by.name, now=now)
    deliveries = Delivery.objects.filter(run__in=current.runs.order_by().values("pk"))
    distrust_old_retries(now, among=deliveries)
    record("broadcast.resumed", by=by, target=broadcast, detail=_how_long(current, now=now))
    transaction.on_commit(wake_tick)
    return True


def _how_long(broadcast: Broadcast, *, now: datetime) -> dict[str, object]:
    since = broadcast.paused_at or now
    return {"paused_for_seconds": round((now - since).total_seconds())}
