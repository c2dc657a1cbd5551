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
LOOK_EVERY_MS: Final = 250  # while a call may just be beginning
LOOK_LEAST_MS: Final = 50
LOOK_WHILE_CALLS_FINISH_MS: Final = 500


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


def look_again_ms(rest: Rest, *, braked_at: datetime, now: datetime) -> int:
    """Of what is not at rest. The last look comes at the very moment from which on no call begins."""
    if rest is not Rest.STOPPING:
        return LOOK_WHILE_CALLS_FINISH_MS
    left = int((braked_at + NO_CALL_BEGINS_AFTER - now) / timedelta(milliseconds=1)) + 1
    return min(LOOK_EVERY_MS, max(LOOK_LEAST_MS, left))


def _in_flight(deliveries: QuerySet[Delivery]) -> InFlight:
    sending = deliveries.filter(status=DeliveryStatus.SENDING).order_by()
    found = sending.aggregate(count=Count("pk"), until=Max("lease_until"))
    return InFlight(found["count"], found["until"])
