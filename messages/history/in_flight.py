"""Whether what a person cancelled, paused or stopped has come to rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, Max, QuerySet

from messages.models import Broadcast, Delivery, DeliveryStatus, Run

# A pump that has not looked at the brakes for messages.engine.brakes.STALE_SECONDS begins no call; with some room for
# the time between the stamp on the row and its commit.
NO_CALL_BEGINS_AFTER: Final = timedelta(seconds=0.75)


@dataclass(frozen=True, slots=True)
class InFlight:
    """Claimed deliveries. `until`: when the last of them has ended at the latest, for no call outlives its lease."""

    count: int
    until: datetime | None = None


class Rest(StrEnum):
    STOPPING = "stopping"  # a call that was claimed may just be beginning
    FINISHING = "finishing"  # no further call begins; those that had begun finish
    AT_REST = "at_rest"  # no call is in flight, and no further one leaves


def still_in_flight(broadcast: Broadcast) -> InFlight:
    runs = list(Run.objects.filter(broadcast=broadcast.pk).order_by().values_list("pk", flat=True))
    return _in_flight(Delivery.objects.filter(run__in=runs)) if runs else InFlight(0)


def all_in_flight() -> InFlight:
    return _in_flight(Delivery.objects.all())


def rest_of(in_flight: InFlight, *, braked_at: datetime, now: datetime) -> Rest:
    """Asked after the brake was committed: what was claimed before it stands in `in_flight`, and nothing is after."""
    if not in_flight.count:
        return Rest.AT_REST
    return Rest.FINISHING if now - braked_at >= NO_CALL_BEGINS_AFTER else Rest.STOPPING


def _in_flight(deliveries: QuerySet[Delivery]) -> InFlight:
    sending = deliveries.filter(status=DeliveryStatus.SENDING).order_by()
    found = sending.aggregate(count=Count("pk"), until=Max("lease_until"))
    return InFlight(found["count"], found["until"])
