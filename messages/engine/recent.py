"""What the database knows of the calls of the last minute: enough to rebuild the pacing windows."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from messages.models import Attempt, Delivery, DeliveryStatus
from robots.pacing import RecentCalls


def recent_calls() -> RecentCalls:
    """Per token fingerprint its recorded calls, and the one that may be in flight, by the time of their claim."""
    since = timezone.now() - timedelta(seconds=settings.PACING_WINDOW_SECONDS)
    calls: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, fingerprint, started_at in Attempt.objects.filter(started_at__gte=since).values_list(
        "pk", "token_fingerprint", "started_at"
    ):
        calls[fingerprint].append((int(started_at.timestamp() * 1000), f"attempt:{pk}"))
    in_flight = Delivery.objects.filter(status=DeliveryStatus.SENDING, robot__isnull=False)
    for pk, fingerprint, claimed_at in in_flight.values_list("pk", "robot__token_fingerprint", "claimed_at"):
        if claimed_at is not None:
            calls[fingerprint].append((int(claimed_at.timestamp() * 1000), f"sending:{pk}"))
    return calls
