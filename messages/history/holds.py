"""What kept deliveries from going out while they waited. Read from the times alone: nothing is written per delivery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Q

from dingtalk.replies import Kind
from messages.history.progress import Progress, may_change
from messages.models import Attempt, Broadcast, Delivery, DeliveryStatus, Hold, UncertainPolicy

# A safe retry waits no longer than that after the call that may have arrived, and there are so many of them:
# UNCERTAIN_GIVE_UP and MAX_UNCERTAIN_RETRIES of messages.engine.outcomes.
SAFE_RETRIES_WITHIN: Final = timedelta(minutes=10)
SAFE_RETRIES: Final = 2
# Of a broadcast its page lists so many, the newest.
MOST_LISTED: Final = 20


def holds_over(broadcast: int, *, since: datetime, until: datetime) -> list[Hold]:
    """Of this broadcast and of all sending, that overlap this time; the earliest first. One query."""
    concerns = Q(broadcast=broadcast) | Q(broadcast=None)
    rows = Hold.objects.filter(concerns, begun_at__lt=until).filter(Q(ended_at=None) | Q(ended_at__gt=since))
    return list(rows.order_by("begun_at", "pk"))


def holds_of(delivery: Delivery, attempts: Sequence[Attempt], *, now: datetime) -> list[Hold]:
    """Those that kept this delivery waiting. `attempts`: its own, in their order."""
    until = waited_until(delivery, attempts, now=now)
    return holds_over(delivery.run.broadcast_id, since=delivery.planned_at, until=until)


def that_held(holds: Iterable[Hold], delivery: Delivery, attempts: Sequence[Attempt], *, now: datetime) -> list[Hold]:
    """The same, out of holds that were read before."""
    until = waited_until(delivery, attempts, now=now)
    return [
        hold
        for hold in holds
        if hold.begun_at < until and (hold.ended_at is None or hold.ended_at > delivery.planned_at)
    ]


def waited_until(delivery: Delivery, attempts: Sequence[Attempt], *, now: datetime) -> datetime:
    """When it was called for the last time, or ended without a call; `now` while it may yet be called."""
    if delivery.status == DeliveryStatus.WAITING or (delivery.status == DeliveryStatus.UNCERTAIN and delivery.due_at):
        return now
    if delivery.status == DeliveryStatus.SENDING:
        return delivery.claimed_at or now
    if not attempts:
        return delivery.ended_at or now
    last = attempts[-1]
    if last.kind == Kind.UNCERTAIN:
        return min(_awaited_retry(delivery, last.started_at), delivery.ended_at or now)
    if last.reason == delivery.reason or delivery.status == DeliveryStatus.UNCERTAIN:
        return last.started_at
    return delivery.ended_at or last.started_at


def ended_by_cancel(hold: Hold, broadcast: Broadcast) -> bool:
    """Nobody resumed it: the broadcast was cancelled while it was paused."""
    return hold.broadcast_id is not None and hold.ended_at is not None and hold.ended_at == broadcast.cancelled_at


def holds_of_broadcast(broadcast: Broadcast, progress: Progress, *, now: datetime) -> list[Hold]:
    """That are over: all of its own, and those of all sending while any of it was to go out."""
    rows = Hold.objects.filter(ended_at__isnull=False)
    of_all = Q(broadcast=None, ended_at__gt=broadcast.planned_at, begun_at__lt=now)
    found = list(rows.filter(Q(broadcast=broadcast.pk) | of_all).order_by("begun_at", "pk")[:MOST_LISTED])
    if may_change(broadcast, progress) or all(hold.broadcast_id for hold in found):
        return found
    until = _last_ended(broadcast)
    return [hold for hold in found if hold.broadcast_id or (until is not None and hold.begun_at < until)]


def _awaited_retry(delivery: Delivery, called_at: datetime) -> datetime:
    safely = delivery.run.broadcast.uncertain_policy == UncertainPolicy.RETRY_SAFELY
    retried = safely and delivery.uncertain_tries <= SAFE_RETRIES
    return called_at + SAFE_RETRIES_WITHIN if retried else called_at


def _last_ended(broadcast: Broadcast) -> datetime | None:
    deliveries = Delivery.objects.filter(run__in=list(broadcast.runs.order_by().values_list("pk", flat=True)))
    last: datetime | None = deliveries.aggregate(last=Max("ended_at"))["last"]
    return last
