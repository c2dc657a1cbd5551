"""Ends what is not called any more. That is an answer only where no earlier call may have arrived."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.expressions import Combinable

from messages.engine.outcomes import EARLIER_CALL
from messages.models import DeliveryStatus
from messages.models.delivery import DeliveryQuerySet

_MAY_HAVE_ARRIVED = Q(uncertain_tries__gt=0)


def end_without_call(
    deliveries: DeliveryQuerySet, status: DeliveryStatus, reason: str | Combinable, *, now: datetime, **fields: object
) -> int:
    """By one statement. A safe retry becomes uncertain instead, and a person decides."""
    return deliveries.update(
        status=Case(When(_MAY_HAVE_ARRIVED, then=Value(DeliveryStatus.UNCERTAIN.value)), default=Value(status.value)),
        reason=Case(
            When(_MAY_HAVE_ARRIVED, then=Value(EARLIER_CALL)),
            default=Value(reason) if isinstance(reason, str) else reason,
        ),
        ended_at=Case(When(_MAY_HAVE_ARRIVED, then=F("ended_at")), default=Value(now, output_field=DateTimeField())),
        due_at=None,
        **fields,
    )
