"""The deliveries that a person means when they act on many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from messages.models import Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet, earlier_parts

# What a manual resend takes: what did not arrive.
NOT_ARRIVED = (DeliveryStatus.FAILED, DeliveryStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Those with these numbers; else all of a broadcast; else all of a robot, planned at `since` or later."""

    deliveries: tuple[int, ...] = ()
    broadcast: int | None = None
    robot: int | None = None
    since: datetime | None = None

    def rows(self) -> DeliveryQuerySet:
        """Nothing when nothing was chosen: a lost parameter must never mean everything."""
        rows = Delivery.objects.order_by("pk")
        if self.deliveries:
            return rows.filter(pk__in=self.deliveries)
        if self.broadcast is not None:
            return rows.filter(run__broadcast=self.broadcast)
        if self.robot is None:
            return rows.none()
        rows = rows.filter(robot=self.robot)
        return rows.filter(planned_at__gte=self.since) if self.since else rows

    def to_send_again(self) -> DeliveryQuerySet:
        """With the other parts of the messages of which one part was chosen: they go out in order or not at all."""
        if not self.deliveries:
            return self.rows()
        parts = Delivery.objects.filter(pk__in=self.deliveries, parts__gt=1).order_by()
        same = Exists(parts.filter(run=OuterRef("run"), robot=OuterRef("robot")))
        others = Q(same, parts__gt=1, run__in=parts.values("run"))
        return Delivery.objects.order_by("pk").filter(Q(pk__in=self.deliveries) | others)

    def undecided(self) -> DeliveryQuerySet:
        """Of which nobody knows whether they arrived. One by one also those that would be retried by themselves."""
        if self.deliveries:
            return self.rows().filter(status=DeliveryStatus.UNCERTAIN)
        return self.rows().undecided()


def resendable(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """What a person may send again: it did not arrive, waits for a retry by itself, or nobody knows.

    Not tests, whose robot has a button of its own, and not what was sent again already: then the later one counts.
    """
    tried = Q(calls__gt=0) | Q(tries__gt=0)
    retry = Q(status=DeliveryStatus.WAITING) & tried
    states = Q(status__in=(*NOT_ARRIVED, DeliveryStatus.UNCERTAIN))
    # A part that waits for one of these goes along with it.
    behind = Q(Exists(earlier_parts().filter(retry | states)), status=DeliveryStatus.WAITING, part__gt=1)
    return rows.filter(retry | states | behind, is_test=False).filter(~Exists(later_ones()))


def later_ones() -> DeliveryQuerySet:
    """Of a delivery in an outer query: the one of a later run that sent it again."""
    again = Delivery.objects.filter(run__resend_of=OuterRef("run"), robot=OuterRef("robot"), part=OuterRef("part"))
    return again.order_by()


def sent_again(deliveries: Iterable[Delivery]) -> dict[int, int]:
    """Which of them were sent again, each with the number of the later delivery."""
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).filter(Exists(later_ones()))
    later = later_ones().values("pk")[:1]
    return dict(rows.order_by().annotate(later=later).values_list("pk", "later"))


def earlier_one(delivery: Delivery) -> int | None:
    """The number of the delivery that this one sends again."""
    if delivery.run.resend_of_id is None or delivery.robot_id is None:
        return None
    earlier = Delivery.objects.filter(run=delivery.run.resend_of_id, robot=delivery.robot_id, part=delivery.part)
    return earlier.order_by().values_list("pk", flat=True).first()
