"""What was claimed and not called waits again where it stood, as if it had never been claimed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from messages.engine.ending import end_without_call
from messages.models import BroadcastStatus, Delivery, DeliveryStatus


@transaction.atomic
def give_back(ids: Sequence[int], claim: uuid.UUID, *, now: datetime) -> None:
    """Uses no try and leaves no attempt. What was cancelled meanwhile ends here."""
    ours = Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.SENDING, claim=claim)
    never_called = {"calls": F("calls") - 1, "claim": None, "lease_until": None}
    cancelled = ours.filter(run__broadcast__status=BroadcastStatus.CANCELLED)
    end_without_call(cancelled, DeliveryStatus.CANCELLED, "cancelled", now=now, **never_called)
    ours.update(status=DeliveryStatus.WAITING, due_at=now, **never_called)
