"""Gives up openly on what waits and cannot go out, so that nothing waits unseen.

Looked for once a second, while a hundred thousand may wait. So every look begins at the few that stand in the way, such
as the paused robots, and goes from there to what waits for each of them; nothing is written where nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat

from messages.engine.ending import end_without_call
from messages.engine.planner import without
from messages.engine.queue import SORTING, anything_waits
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from messages.models.delivery import DeliveryQuerySet
from robots.models import Organisation, PauseReason, Robot, RobotStatus
from robots.reasons import ROBOT_PAUSED

_WHY_PAUSED = Case(
    When(paused_reason=PauseReason.BY_PERSON, then=Value(ROBOT_PAUSED)),
    default=Concat(Value(f"{ROBOT_PAUSED}:"), F("paused_reason")),
)
_PAUSED = Subquery(Robot.objects.filter(pk=OuterRef("robot")).annotate(why=_WHY_PAUSED).values("why"))
# Much longer than a call that was in flight at the cancel can take to come back.
COMES_BACK_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Hopeless:
    deliveries: DeliveryQuerySet
    status: DeliveryStatus
    reason: str | Subquery
    look: QuerySet[Any]  # empty where there are no such deliveries; costs little, unlike reading all that waits


def give_up_unsendable(now: datetime, *, simulator: bool, cancelled_since: datetime | None = None) -> int:
    """What waits for a robot that is gone, paused or without an endpoint fails with that reason.

    A test still goes to a paused robot, for that is what a test is for. `cancelled_since`: None looks at every
    broadcast that was ever cancelled.
    """
    if not anything_waits():
        return 0
    kinds = [*_for_robots(now, simulator=simulator), _cancelled(cancelled_since), _expired(now), _behind_a_lost_part()]
    with without(*SORTING, "enable_seqscan"):
        found = [kind for kind in kinds if kind.look.values_list("pk")[:1]]
    return sum(end_without_call(kind.deliveries, kind.status, kind.reason, now=now) for kind in found)


@dataclass(slots=True)
class GivingUp:
    """One per process: after its first look only what was cancelled lately is looked at."""

    _seen_until: datetime | None = None

    def give_up(self, now: datetime, *, simulator: bool) -> int:
        since = self._seen_until and self._seen_until - COMES_BACK_WITHIN
        count = give_up_unsendable(now, simulator=simulator, cancelled_since=since)
        self._seen_until = now
        return count


def _for_robots(now: datetime, *, simulator: bool) -> Iterator[_Hopeless]:
    orphaned = _waiting().filter(robot=None)
    in_order = orphaned.order_by("robot_id", "planned_at", "pk")  # of the queues' index, which begins or ends with them
    yield _Hopeless(orphaned, DeliveryStatus.FAILED, "robot_deleted", look=in_order)
    ordinary = _waiting().filter(is_test=False)
    yield _of_robots(ordinary, Robot.objects.filter(status=RobotStatus.PAUSED), _PAUSED)
    organisations = Organisation.objects.order_by()
    exhausted = organisations.filter(quota_exhausted_until__gt=now)
    yield _of_robots(ordinary, Robot.objects.filter(organisation__in=exhausted), "quota_exhausted")
    if not simulator:
        simulated = Robot.objects.filter(organisation__in=organisations.filter(simulated=True))
        yield _of_robots(_waiting(), simulated, "simulator_off")


def _of_robots(waiting: DeliveryQuerySet, robots: QuerySet[Robot], reason: str | Subquery) -> _Hopeless:
    robots = robots.order_by()
    queue = waiting.filter(robot=OuterRef("pk")).order_by("planned_at", "pk")
    found = waiting.filter(robot__in=robots)
    return _Hopeless(found, DeliveryStatus.FAILED, reason, look=_that_have(robots, queue))


def _cancelled(since: datetime | None) -> _Hopeless:
    """A call that was in flight while its broadcast was cancelled may have come back to the queue."""
    lately = Q() if since is None else Q(cancelled_at__gte=since)
    cancelled = Broadcast.objects.filter(lately, status=BroadcastStatus.CANCELLED).order_by()
    runs = Run.objects.filter(broadcast__in=cancelled).order_by()
    look = _that_have(runs, _waiting().filter(run=OuterRef("pk")).order_by())
    return _Hopeless(_waiting().filter(run__in=runs), DeliveryStatus.CANCELLED, "cancelled", look=look)


def _expired(now: datetime) -> _Hopeless:
    expired = _waiting().filter(useful_until__lte=now)
    return _Hopeless(expired, DeliveryStatus.EXPIRED, "expired", look=expired.order_by("useful_until"))


def _behind_a_lost_part() -> _Hopeless:
    behind = _waiting().behind_a_lost_part()
    return _Hopeless(
        behind, DeliveryStatus.FAILED, "earlier_part", look=behind.order_by("status", "run_id", "robot_id")
    )


def _waiting() -> DeliveryQuerySet:
    return Delivery.objects.filter(status=DeliveryStatus.WAITING)


def _that_have(rows: QuerySet[Any], deliveries: DeliveryQuerySet) -> QuerySet[Any]:
    """By a scalar sub-query: unlike EXISTS, PostgreSQL cannot turn it round and begin at all that waits."""
    found: QuerySet[Any] = rows.alias(first=Subquery(deliveries.values("pk")[:1])).filter(first__isnull=False)
    return found
