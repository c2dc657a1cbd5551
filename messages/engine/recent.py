"""What the database knows of the calls of the last minute: enough to rebuild the pacing windows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from messages.models import Attempt, Delivery, DeliveryStatus
from robots.pacing import RecentCalls


def recent_calls(asked_for: Collection[str]) -> RecentCalls:
    """Per token fingerprint its recorded calls, and the one that may be in flight, by the time of its claim.

    What is claimed and only now being asked for, by its name, is no call yet.
    """
    since = timezone.now() - timedelta(seconds=settings.PACING_WINDOW_SECONDS)
    calls: dict[str, list[tuple[int, str]]] = defaultdict(list)
    attempts = Attempt.objects.filter(started_at__gte=since).order_by()
    for delivery_id, number, fingerprint, started_at in attempts.values_list(
        "delivery_id", "number", "token_fingerprint", "started_at"
    ):
        calls[fingerprint].append((int(started_at.timestamp() * 1000), call_name(delivery_id, number)))
    in_flight = Delivery.objects.filter(status=DeliveryStatus.SENDING, robot__isnull=False).order_by()
    for pk, number, fingerprint, claimed_at in in_flight.values_list(
        "pk", "calls", "robot__token_fingerprint", "claimed_at"
    ):
        if claimed_at is not None and call_name(pk, number) not in asked_for:
            calls[fingerprint].append((int(claimed_at.timestamp() * 1000), call_name(pk, number)))
    return calls


def call_name(delivery_id: int, number: int) -> str:
    """The same for a call that is granted, in flight or recorded: it has one place in its token's window."""
    return f"{delivery_id}:{number}"
