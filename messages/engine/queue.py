"""What may be called now, and in which order: the one reading of the queue that every pump shares."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from messages.engine.planner import without
from messages.models import BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet
from robots.models import Robot, RobotStatus

# The queue's index is gone along, up to the limit. PostgreSQL takes almost nothing to be waiting, and so would read,
# join and sort the whole queue for each claim: 60 ms at 20,000 waiting, instead of less than one.
SORTING: Final = ("jit", "enable_sort", "enable_bitmapscan")


def claimable(now: datetime, *, simulator: bool) -> DeliveryQuerySet:
    """Due deliveries at the head of their robot's queue whose robot may be called now."""
    # By a sub-query, which runs once: with a join each row that waits for a silenced robot would look its robot up.
    silenced = Robot.objects.filter(hold_until__gt=now).order_by().values("pk")
    quota_left = Q(robot__organisation__quota_exhausted_until=None) | Q(
        robot__organisation__quota_exhausted_until__lte=now
    )
    deliveries = (
        Delivery.objects.due(now)
        .not_paused()
        .head_of_queue(now)
        .after_its_earlier_parts()
        .filter(robot__isnull=False)
        .filter(Q(useful_until=None) | Q(useful_until__gt=now))
        .exclude(run__broadcast__status=BroadcastStatus.CANCELLED)
        .exclude(robot__in=silenced)
        # A test is how a person finds out whether a paused robot, or a used-up quota, works again.
        .filter(Q(is_test=True) | (Q(robot__status=RobotStatus.ACTIVE) & quota_left))
        .order_by("turn", "pk")
    )
    return deliveries if simulator else deliveries.filter(robot__organisation__simulated=False)


def current_turn(now: datetime) -> int:
    """Where a new run joins: beside the one that is going out, neither behind the whole of it nor before it.

    Runs then take turns, delivery by delivery, as in start-time fair queueing.
    """
    with without(*SORTING):
        return claimable(now, simulator=True).values_list("turn", flat=True).first() or 0


def anything_waits() -> bool:
    """In the order of the queue: whatever PostgreSQL believes to wait, it does not look for it among all that went."""
    waiting = Delivery.objects.filter(status=DeliveryStatus.WAITING).order_by("turn", "pk")
    return waiting.values_list("pk").first() is not None


def anything_due(now: datetime, *, simulator: bool) -> bool:
    """Whether a claim would find anything. Costs next to nothing while nothing waits at all."""
    if not anything_waits():
        return False
    with without(*SORTING):
        return claimable(now, simulator=simulator).values_list("pk").first() is not None
