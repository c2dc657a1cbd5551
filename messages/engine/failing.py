"""Robots that refuse one broadcast after the other for their security settings: paused, before people send on in vain.

Counted over rows, so that nothing can drift: a broadcast counts once however often it is tried or sent again, and a
delivery that arrives begins the count anew.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery

from dingtalk.replies import ReasonKey
from messages.models import Delivery, DeliveryStatus
from robots.health import pause
from robots.models import Robot, RobotStatus

# A timestamp that DingTalk does not take is our clock's fault, never a robot's.
COUNTED: Final = (
    ReasonKey.SIGN_MISMATCH.value,
    ReasonKey.IP_NOT_ALLOWED.value,
    ReasonKey.SECURITY_UNKNOWN.value,
    ReasonKey.TOKEN_MISSING.value,
)


def pause_failing(robot_ids: Iterable[int], *, now: datetime) -> None:
    """Pause those that refused enough broadcasts, over a long enough time, since something last arrived."""
    since_last_success = _last_successes(robot_ids)
    if not since_last_success:
        return
    longest_ago = now - timedelta(seconds=settings.PAUSE_AFTER_SECONDS)
    for robot_id, newest in _refused(since_last_success, before=longest_ago):
        reason = Delivery.objects.values_list("reason", flat=True).get(pk=newest)
        pause(robot_id, reason, at=now)


def _last_successes(robot_ids: Iterable[int]) -> dict[int, int]:
    """Per active robot the number of its newest delivery that arrived; 0 when none ever did."""
    delivered = Delivery.objects.filter(robot=OuterRef("pk"), status=DeliveryStatus.DELIVERED)
    robots = Robot.objects.filter(pk__in=set(robot_ids), status=RobotStatus.ACTIVE).order_by()
    newest = robots.annotate(newest=Subquery(delivered.order_by("-pk").values("pk")[:1])).values_list("pk", "newest")
    return {robot_id: delivery_id or 0 for robot_id, delivery_id in newest}


def _refused(since: dict[int, int], *, before: datetime) -> Iterable[tuple[int, int]]:
    """Which of the robots have refused enough, each with its newest refused delivery.

    Tests do not count: whoever tries a new secret three times is mending the robot.
    """
    later = reduce(operator.or_, (Q(robot=robot_id, pk__gt=newest) for robot_id, newest in since.items()))
    refused = Delivery.objects.filter(later, status=DeliveryStatus.FAILED, reason__in=COUNTED, is_test=False)
    counted = (
        refused.order_by()
        .values("robot")
        .annotate(broadcasts=Count("run__broadcast", distinct=True), first=Min("ended_at"), newest=Max("pk"))
    )
    enough = counted.filter(broadcasts__gte=settings.PAUSE_AFTER_BROADCASTS, first__lte=before)
    return enough.values_list("robot", "newest")
