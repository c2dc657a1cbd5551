"""Which broadcasts still have something to go out."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from messages.models import Broadcast, BroadcastStatus, Delivery

# The last two wait for a person, or for a calendar.
_TO_FIRE: Final = (BroadcastStatus.SCHEDULED, BroadcastStatus.HALTED, BroadcastStatus.MISSED)


def still_to_go_out(broadcasts: QuerySet[Broadcast]) -> QuerySet[Broadcast]:
    """Those that are yet to fire, or have a delivery that may yet be called without a person's doing."""
    deliveries = Delivery.objects.still_to_go_out().filter(run__broadcast=OuterRef("pk"))
    fired = Q(status=BroadcastStatus.FIRED) & Exists(deliveries)
    return broadcasts.filter(Q(status__in=_TO_FIRE) | fired)
