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
from messages.models.delivery import LOST, DeliveryQuerySet
from robots.models import Organisation, PauseReason, Robot, RobotStatus
from robots.reasons import ROBOT_PAUSED

_WHY_PAUSED = Case(
    When(paused_reason=PauseReason.BY_PERSON, then=Value(ROBOT_PAUSED)),
    default=Concat(Value(f"{ROBOT_PAUSED}:"), F("paused_reason")),
)
_PAUSED = Subquery(Robot.objects.filter(pk=OuterRef("robot")).annotate(why=_WHY_PAUSED).values("why"))
# Much longer than a call that was in flight at the cancel can take to come back.
COMES_BACK_WITHIN = timedelta(hours=1)
# Much longer than a transaction takes that ends deliveries: it stamps them before it is committed.
COMMITTED_WITHIN = timedelta(minutes=2)
_EARLIER_PART = "earlier_part"


@dataclass(frozen=True, slots=True)
class _Hopeless:
    deliveries: DeliveryQuerySet
    status: DeliveryStatus
    reason: str | Subquery
    look: QuerySet[Any]  # empty where there are no such deliveries; costs little, unlike reading all that waits


def give_up_unsendable(now: datetime, *, simulator: bool, seen_until: datetime | None = None) -> int:
    """What waits for a robot that is gone, paused or without an endpoint fails with that reason.

    A test still goes to a paused robot, for that is what a test is for. `seen_until`: an earlier look saw what had been
    cancelled or lost by then; None looks at whatever was ever.
    """
    if not anything_waits():
        return 0
    kinds = [
        *_for_robots(now, simulator=simulator),
        _cancelled(seen_until and seen_until - COMES_BACK_WITHIN),
        _expired(now),
        *_behind_lost_parts(seen_until and seen_until - COMMITTED_WITHIN),
    ]
    with without(*SORTING, "enable_seqscan"):
        found = [kind for kind in kinds if kind.look.values_list("pk")[:1]]
    return sum(end_without_call(kind.deliveries, kind.status, kind.reason, now=now) for kind in found)


@dataclass(slots=True)
class GivingUp:
    """One per process: after its first look only what was cancelled or lost lately is looked at."""

    _seen_until: datetime | None = None

    def give_up(self, now: datetime, *, simulator: bool) -> int:
        count = give_up_unsendable(now, simulator=simulator, seen_until=self._seen_until)
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


def _behind_lost_parts(since: datetime | None) -> Iterator[_Hopeless]:
    """Begins at the parts that were lost since: tens of thousands may wait behind parts that wait as they should."""
    behind = _waiting().behind_a_lost_part()
    if since is None:
        look = behind.order_by("status", "run_id", "robot_id")
        yield _Hopeless(behind, DeliveryStatus.FAILED, _EARLIER_PART, look=look)
        return
    later = _waiting().filter(run=OuterRef("run"), robot=OuterRef("robot"), part__gt=OuterRef("part")).order_by()
    parts = Delivery.objects.filter(parts__gt=1)
    # What stands behind an earlier part that was lost was given up along with all that stood behind it.
    ended = parts.filter(status__in=LOST, ended_at__gte=since).exclude(reason=_EARLIER_PART)
    for lost in (ended.order_by("status", "ended_at"), parts.undecided().order_by("status", "due_at")):
        found = behind.filter(run__in=lost.order_by().values("run"))
        yield _Hopeless(found, DeliveryStatus.FAILED, _EARLIER_PART, look=_that_have(lost, later))


def _waiting() -> DeliveryQuerySet:
    return Delivery.objects.filter(status=DeliveryStatus.WAITING)


def _that_have(rows: QuerySet[Any], deliveries: DeliveryQuerySet) -> QuerySet[Any]:
    """By a scalar sub-query: unlike EXISTS, PostgreSQL cannot turn it round and begin at all that waits."""
    found: QuerySet[Any] = rows.alias(first=Subquery(deliveries.values("pk")[:1])).filter(first__isnull=False)
    return found
