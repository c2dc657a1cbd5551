"""Fires broadcasts: one transaction makes the run, its deliveries and the next planned time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction

from messages.engine.queue import current_turn
from messages.engine.wording import Worded, Wording, wording_of
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Delivery, DeliveryStatus, Run, Target
from robots.bulk import insert_instances

FIRINGS_PER_TICK = 200
ROWS_PER_INSERT = 2000


def fire_due(now: datetime) -> int:
    """Fire what is planned for now or earlier; returns how many broadcasts fired. Two callers at once do no harm."""
    due = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED, next_at__lte=now, paused_at=None)
    ids = list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:FIRINGS_PER_TICK])
    return sum(_fire_once(broadcast_id, now=now) for broadcast_id in ids)


def _fire_once(broadcast_id: int, *, now: datetime) -> bool:
    try:
        return fire(broadcast_id, now=now) is not None
    except IntegrityError:
        # Another process made this very run a moment ago: the constraint held, and its run stands.
        return False


@transaction.atomic
def fire(broadcast_id: int, *, now: datetime) -> Run | None:
    """Make the run of the planned time that has come; None when there is none (any more)."""
    broadcast = Broadcast.objects.select_for_update().get(pk=broadcast_id)
    if broadcast.status != BroadcastStatus.SCHEDULED or broadcast.paused_at is not None:
        return None
    if broadcast.next_at is None or broadcast.next_at > now:
        return None
    run = start_run(broadcast, planned_at=broadcast.next_at, now=now)
    fired = Broadcast.objects.filter(
        pk=broadcast.pk, status=BroadcastStatus.SCHEDULED, next_at=broadcast.next_at
    ).update(status=BroadcastStatus.FIRED, next_at=None)
    if fired != 1:
        raise IntegrityError("the broadcast was fired or cancelled by somebody else")
    return run


def start_run(broadcast: Broadcast, *, planned_at: datetime, now: datetime) -> Run:
    """The run with a delivery for every target, in the caller's transaction and in bounded memory."""
    run = Run.objects.create(broadcast=broadcast, planned_at=planned_at, fired_at=now)
    wording = wording_of(run)
    targets = broadcast.targets.order_by("pk").iterator(chunk_size=ROWS_PER_INSERT)
    rows = _deliveries(_worded(targets, wording), run=run, now=now, is_test=broadcast.kind == BroadcastKind.TEST)
    while batch := list(islice(rows, ROWS_PER_INSERT)):
        insert_instances(batch)
    return run


def _worded(targets: Iterator[Target], wording: Wording) -> Iterator[tuple[Target, Worded]]:
    while batch := list(islice(targets, ROWS_PER_INSERT)):
        yield from zip(batch, wording(batch), strict=True)


def _deliveries(
    targets: Iterator[tuple[Target, Worded]], *, run: Run, now: datetime, is_test: bool
) -> Iterator[Delivery]:
    for turn, (target, worded) in enumerate(targets, start=current_turn(now)):
        delivery = Delivery(
            run=run,
            robot_id=target.robot_id,
            robot_name=target.robot_name,
            group_name=target.group_name,
            is_test=is_test,
            body_id=worded.body_id,
            msg_uuid=uuid.uuid4(),
            planned_at=run.planned_at,
            turn=turn,
            due_at=now,
            useful_until=run.broadcast.useful_until,
        )
        if target.robot_id is None:
            _failed(delivery, "robot_deleted", now=now)
        if worded.refused:
            _failed(delivery, worded.refused, now=now)
        yield delivery


def _failed(delivery: Delivery, reason: str, *, now: datetime) -> Delivery:
    """A row that is not stored yet: it never waits."""
    delivery.status, delivery.reason, delivery.ended_at = DeliveryStatus.FAILED, reason, now
    return delivery
