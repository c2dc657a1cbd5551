"""How far broadcasts have come: counts over their deliveries, so that they cannot drift."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F

from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import ENDED


@dataclass(frozen=True, slots=True)
class Progress:
    """The deliveries of one broadcast by status, of each group the last one; none before it has fired."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        return sum(self.counts.get(status, 0) for status in (*ENDED, DeliveryStatus.UNCERTAIN))

    @property
    def delivered(self) -> int:
        return self.counts.get(DeliveryStatus.DELIVERED, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(DeliveryStatus.FAILED, 0)

    @property
    def expired(self) -> int:
        return self.counts.get(DeliveryStatus.EXPIRED, 0)

    @property
    def waiting(self) -> int:
        return self.counts.get(DeliveryStatus.WAITING, 0)

    @property
    def sending(self) -> int:
        return self.counts.get(DeliveryStatus.SENDING, 0)

    @property
    def uncertain(self) -> int:
        return self.counts.get(DeliveryStatus.UNCERTAIN, 0)


def progress_of(broadcast_ids: Iterable[int]) -> dict[int, Progress]:
    """The progress of each of them, by one query. A group that got it when it was sent again did get it."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    ids = list(broadcast_ids)
    rows = Delivery.objects.filter(run__broadcast__in=ids).order_by()
    every = rows.values_list("run__broadcast", "status").annotate(count=Count("*"))
    # From the later runs, which are few, to the deliveries that they sent again.
    later = rows.filter(run__resend_of__isnull=False, run__resend_of__deliveries__robot=F("robot"))
    replaced = later.values_list("run__broadcast", "run__resend_of__deliveries__status").annotate(count=-Count("*"))
    for broadcast_id, status, count in every.union(replaced, all=True):
        counted[broadcast_id][status] += count
    return {broadcast_id: Progress(+counted[broadcast_id]) for broadcast_id in ids}


def may_change(broadcast: Broadcast, progress: Progress) -> bool:
    """Whether the counts can still become others without a person's doing."""
    if broadcast.status == BroadcastStatus.SCHEDULED or progress.waiting or progress.sending:
        return True
    if not progress.uncertain or broadcast.status == BroadcastStatus.CANCELLED:
        return False
    uncertain = Delivery.objects.filter(run__broadcast=broadcast, status=DeliveryStatus.UNCERTAIN)
    return uncertain.filter(due_at__isnull=False).exists()
