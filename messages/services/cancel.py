"""Cancelling a broadcast: once it is confirmed, no further call goes out for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.engine.ending import end_without_call
from messages.engine.holding import end_hold
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from messages.services.remaining import still_to_go_out


class CannotCancel(Exception):
    """Nothing was changed. `text` says why, for the person who asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the broadcast cannot be cancelled")


@transaction.atomic
def cancel_broadcast(broadcast: Broadcast, *, by: Actor) -> int:
    """Returns how many deliveries were kept from going out; calls in flight at this moment are not among them.

    Cancelling twice changes nothing the second time. Raises CannotCancel when nothing of it is still to go out.
    """
    # First, because a firing or a claim that runs at this moment waits for this row, or is waited for.
    if Broadcast.objects.select_for_update().get(pk=broadcast.pk).status == BroadcastStatus.CANCELLED:
        return 0
    going, now = still_to_go_out(Broadcast.objects.filter(pk=broadcast.pk)), timezone.now()
    cancelled = {"status": BroadcastStatus.CANCELLED, "next_at": None}
    if not going.update(**cancelled, cancelled_at=now, cancelled_by_name=by.name):
        raise CannotCancel(_("There is nothing left to cancel: nothing of this broadcast is still to go out."))
    end_hold(broadcast=broadcast.pk, by=by.name, now=now)
    stopped = _stop_deliveries(broadcast, now=now)
    record("broadcast.cancelled", by=by, target=broadcast, detail={"deliveries": stopped})
    return stopped


def _stop_deliveries(broadcast: Broadcast, *, now: datetime) -> int:
    """The conditions stand on the delivery's own row: one claimed meanwhile is seen as sending and left alone."""
    deliveries = Delivery.objects.filter(run__in=Run.objects.filter(broadcast=broadcast))
    # No safe retry any more: a person decides about those.
    deliveries.filter(status=DeliveryStatus.UNCERTAIN).update(due_at=None)
    waiting = deliveries.filter(status=DeliveryStatus.WAITING)
    return end_without_call(waiting, DeliveryStatus.CANCELLED, "cancelled", now=now)
