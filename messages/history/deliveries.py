"""Deliveries as the pages list them: newest first, by the indexes, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from messages.models import Attempt, Delivery, DeliveryStatus, Run
from robots.models import Robot


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries; None or empty asks for nothing. `since` and `until` bound the planned time."""

    state: str = ""
    robot: int | None = None
    tag: int | None = None
    broadcast: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    errcode: int | None = None
    reason: str = ""
    text: str = ""


def deliveries(wanted: Wanted) -> QuerySet[Delivery]:
    """With their robots and broadcasts, in no order yet.

    Those come by queries of their own: joined, they would have the database begin with them and sort all deliveries.
    """
    rows = _simple(Delivery.objects.all(), wanted)
    if wanted.tag is not None:
        rows = rows.filter(robot__in=Robot.tags.through.objects.filter(tag=wanted.tag).values("robot"))
    if wanted.since or wanted.until:
        # Runs are few, and each has an index on its deliveries; the deliveries' own times have none.
        rows = rows.filter(run__in=_runs(wanted).values("pk"))
    if wanted.errcode is not None:
        rows = rows.filter(_answered_with(wanted.errcode))
    if wanted.text:
        rows = rows.filter(Q(robot_name__icontains=wanted.text) | Q(group_name__icontains=wanted.text))
    return rows.prefetch_related(
        Prefetch("run", Run.objects.select_related("broadcast").defer("broadcast__content")),
        # What is not read cannot be shown.
        Prefetch("robot", Robot.objects.defer("token_encrypted", "secret_encrypted")),
    )


def of_reason(reason: str) -> Q:
    """With what is more exactly the same: robot_paused is robot_paused:token_unknown, too."""
    return Q(reason=reason) | Q(reason__startswith=f"{reason}:")


def _simple(rows: QuerySet[Delivery], wanted: Wanted) -> QuerySet[Delivery]:
    if wanted.state:
        rows = rows.filter(status=wanted.state)
    if wanted.reason:
        rows = rows.filter(of_reason(wanted.reason))
    if wanted.robot is not None:
        rows = rows.filter(robot=wanted.robot)
    if wanted.broadcast is not None:
        rows = rows.filter(_of_broadcast(wanted.broadcast))
    return rows


def _of_broadcast(broadcast_id: int) -> Q:
    """By the runs' numbers: with a sub-query, SQLite reads every delivery of a state to find those of one run."""
    runs = list(Run.objects.filter(broadcast=broadcast_id).order_by().values_list("pk", flat=True))
    return Q(run=runs[0]) if len(runs) == 1 else Q(run__in=runs)


def _runs(wanted: Wanted) -> QuerySet[Run]:
    runs = Run.objects.order_by()
    if wanted.since:
        runs = runs.filter(planned_at__gte=wanted.since)
    if wanted.until:
        runs = runs.filter(planned_at__lt=wanted.until)
    return runs


def _answered_with(errcode: int) -> Q:
    """DingTalk answered it so at any attempt. Success is nearly every attempt, and the delivery itself keeps it."""
    if errcode == 0:
        return Q(status=DeliveryStatus.DELIVERED, errcode=0)
    return Q(pk__in=Attempt.objects.filter(errcode=errcode).values("delivery"))
