"""What groups got, or are about to get, around a moment: for whoever plans the next message to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Delivery, DeliveryStatus, Run, Target

# Each look is bounded, however much is sent.
RUNS_LOOKED_AT: Final = 500  # the newest
RUNS_NEARBY: Final = 20
BROADCASTS_COMPARED: Final = 200  # the newest

# What is, or may be, in the group, or is on its way to it.
REACHING: Final = (
    DeliveryStatus.WAITING,
    DeliveryStatus.SENDING,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.UNCERTAIN,
)


@dataclass(frozen=True, slots=True)
class Nearby:
    """Another broadcast at `at`, and the robots whose groups it is for."""

    broadcast_id: int
    name: str
    at: datetime
    robots: frozenset[int]


def delivered_since(moment: datetime) -> dict[int, int]:
    """How many messages each robot's group got; tests do not count."""
    got = Delivery.objects.filter(status=DeliveryStatus.DELIVERED, ended_at__gte=moment, is_test=False)
    rows = got.exclude(robot=None).order_by().values_list("robot").annotate(count=Count("pk"))
    return dict(rows)


def waiting_by_robot() -> dict[int, int]:
    """How many messages wait for each robot, without what a person has paused."""
    waiting = Delivery.objects.filter(status=DeliveryStatus.WAITING).not_paused().exclude(robot=None)
    return dict(waiting.order_by().values_list("robot").annotate(count=Count("pk")))


def broadcasts_nearby(moment: datetime, *, span: timedelta) -> list[Nearby]:
    """Scheduled or fired so close to the moment, the earliest first. Four queries at most, whatever is sent."""
    return sorted(
        [*_scheduled(moment - span, moment + span), *_fired(moment - span, moment + span)], key=lambda near: near.at
    )


def texts_since(moment: datetime) -> list[Broadcast]:
    """The newest broadcasts that were planned since, with no more than their message."""
    broadcasts = Broadcast.objects.filter(kind=BroadcastKind.BROADCAST, status=BroadcastStatus.FIRED)
    newest = broadcasts.order_by("-pk").only("name", "msgtype", "content", "planned_at")[:BROADCASTS_COMPARED]
    return [broadcast for broadcast in newest if broadcast.planned_at >= moment]


def reached_by(broadcasts: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Per broadcast the robots whose groups got it, or may have got it."""
    pairs = Delivery.objects.filter(run__broadcast__in=list(broadcasts), status__in=REACHING)
    return _grouped(pairs.order_by().values_list("run__broadcast", "robot"))


def _scheduled(since: datetime, until: datetime) -> list[Nearby]:
    planned = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED, next_at__gte=since, next_at__lte=until)
    rows = list(planned.order_by("next_at").values_list("pk", "name", "next_at")[:RUNS_NEARBY])
    if not rows:
        return []
    targets = Target.objects.filter(broadcast__in=[pk for pk, _name, _at in rows]).order_by()
    robots = _grouped(targets.values_list("broadcast", "robot"))
    return [Nearby(pk, name, at, robots.get(pk, frozenset())) for pk, name, at in rows if at]


def _fired(since: datetime, until: datetime) -> list[Nearby]:
    newest = Run.objects.filter(broadcast__kind=BroadcastKind.BROADCAST).order_by("-pk")
    rows = newest.values_list("pk", "broadcast", "broadcast__name", "planned_at")[:RUNS_LOOKED_AT]
    near = [row for row in rows if since <= row[3] <= until][:RUNS_NEARBY]
    if not near:
        return []
    deliveries = Delivery.objects.filter(run__in=[row[0] for row in near], status__in=REACHING).order_by()
    robots = _grouped(deliveries.values_list("run", "robot"))
    return [Nearby(broadcast, name, at, robots.get(run, frozenset())) for run, broadcast, name, at in near]


def _grouped(pairs: Iterable[Sequence[int | None]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, robot in pairs:
        if key is not None and robot is not None:
            found[key].add(robot)
    return {key: frozenset(robots) for key, robots in found.items()}
