"""What was claimed and not called waits again where it stood, as if it had never been claimed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from messages.models import BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet


@transaction.atomic
def give_back(ids: Sequence[int], claim: uuid.UUID, *, now: datetime) -> None:
    """Uses no try and leaves no attempt. What was cancelled meanwhile ends here."""
    ours = Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.SENDING, claim=claim)
    _move(
        ours.filter(run__broadcast__status=BroadcastStatus.CANCELLED),
        DeliveryStatus.CANCELLED,
        reason="cancelled",
        ended_at=now,
        due_at=None,
    )
    _move(ours, DeliveryStatus.WAITING, due_at=now)


def _move(deliveries: DeliveryQuerySet, status: DeliveryStatus, **fields: object) -> None:
    deliveries.update(status=status, calls=F("calls") - 1, claim=None, lease_until=None, **fields)
