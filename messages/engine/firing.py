"""Fires broadcasts: one transaction makes the run, its deliveries and the next planned time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from messages.engine.missing import is_too_late, miss, note_missed
from messages.engine.queue import current_turn
from messages.engine.quiet import QuietFanOut
from messages.engine.rechecking import Pairs, Recheck
from messages.engine.recurring import move_on, step
from messages.engine.refusals import Refusals
from messages.engine.wording import TargetRow, columns_for, wording_of
from messages.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryStatus,
    FirstGroup,
    FirstState,
    Run,
    Schedule,
)
from messages.models.delivery import QUIET_HOURS
from messages.rendering.parts import MOST_PARTS
from messages.schedule.quiet import Quiet
from messages.schedule.rule_text import key_text
from robots.bulk import insert_many

FIRINGS_PER_TICK = 200
ROWS_PER_INSERT = 2000


def due_broadcasts(now: datetime) -> QuerySet[Broadcast]:
    """What should have fired by then: nothing of it was paused, and it does not wait for its first group."""
    due = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED, next_at__lte=now, paused_at=None)
    return due.exclude(pk__in=FirstGroup.objects.filter(watched=True, state=FirstState.OUT).values("broadcast"))


def fire_due(now: datetime) -> int:
    """Fire what is planned for now or earlier; returns how many broadcasts fired. Two callers at once do no harm."""
    ids = list(due_broadcasts(now).order_by("next_at", "pk").values_list("pk", flat=True)[:FIRINGS_PER_TICK])
    return sum(_fire_once(broadcast_id, now=now) for broadcast_id in ids)


def _fire_once(broadcast_id: int, *, now: datetime) -> bool:
    try:
        return fire(broadcast_id, now=now) is not None
    except IntegrityError:
        # Another process made this very run a moment ago: the constraint held, and its run stands.
        return False


@transaction.atomic
def fire(broadcast_id: int, *, now: datetime) -> Run | None:
    """Make the run of the planned time that has come; None when there is none (any more).

    None as well while another process is at it: the fan-out to very many groups takes seconds, and others are due.
    """
    skip = connection.features.has_select_for_update_skip_locked
    unpaused = Broadcast.objects.filter(pk=broadcast_id, status=BroadcastStatus.SCHEDULED, paused_at=None)
    broadcast = unpaused.select_for_update(skip_locked=skip).first()
    if broadcast is None or broadcast.next_at is None or broadcast.next_at > now:
        return None
    if broadcast.recurs:
        return _fire_occurrence(broadcast, planned_at=broadcast.next_at, now=now)
    first = FirstGroup.objects.filter(broadcast=broadcast).first()
    if first and first.state == FirstState.OUT:
        return None
    if (first is None or first.state == FirstState.PLANNED) and is_too_late(broadcast, now=now):
        miss(broadcast, planned_at=broadcast.next_at, now=now)
        return None
    # There is one run per planned time, and the first group's has it. The rest waits since it was let go.
    planned_at = (first.counted_from or now) if first and first.state == FirstState.REST else broadcast.next_at
    run = start_run(broadcast, planned_at=planned_at, now=now, first=first)
    if first and first.state == FirstState.PLANNED:
        if not FirstGroup.objects.filter(pk=first.pk, state=FirstState.PLANNED).update(state=FirstState.OUT):
            raise IntegrityError("its first group was fired by somebody else")
        return run
    fired = Broadcast.objects.filter(
        pk=broadcast.pk, status=BroadcastStatus.SCHEDULED, next_at=broadcast.next_at
    ).update(status=BroadcastStatus.FIRED, next_at=None)
    if fired != 1:
        raise IntegrityError("the broadcast was fired or cancelled by somebody else")
    return run


def _fire_occurrence(broadcast: Broadcast, *, planned_at: datetime, now: datetime) -> Run | None:
    """One run at most, whatever was missed; the next planned time is written in the same transaction."""
    schedule = Schedule.objects.select_related("organisation").get(broadcast=broadcast)
    done = step(schedule, now=now, late_limit=broadcast.late_limit)
    note_missed(broadcast, done, now=now)
    run = None
    if done.fires:
        run = start_run(broadcast, planned_at=done.fires.at, now=now, key=key_text(done.fires.key))
    if not move_on(broadcast, schedule, done, planned_at=planned_at, now=now):
        raise IntegrityError("the broadcast was fired, planned anew or cancelled by somebody else")
    return run


class _Row(NamedTuple):
    """Named like the delivery's own fields. Rows, not models: building a model costs more than inserting it."""

    run: int
    robot: int | None
    robot_name: str
    group_name: str
    is_test: bool
    body: int
    msg_uuid: uuid.UUID
    planned_at: datetime
    turn: int
    useful_until: datetime | None
    due_at: datetime
    status: str = DeliveryStatus.WAITING.value
    reason: str = ""
    ended_at: datetime | None = None
    calls: int = 0
    tries: int = 0
    uncertain_tries: int = 0
    worker: str = ""


def start_run(
    broadcast: Broadcast, *, planned_at: datetime, now: datetime, first: FirstGroup | None = None, key: str = ""
) -> Run:
    """The run with a delivery for every target, in the caller's transaction and in bounded memory.

    `first`: it goes to that group alone, or to all but it. `key`: which occurrence of a schedule it is.
    """
    run = Run.objects.create(broadcast=broadcast, planned_at=planned_at, fired_at=now, key=key)
    wording, turn = wording_of(run), current_turn(now)
    recheck, refusals, quiet = Recheck(broadcast), Refusals(run), QuietFanOut(broadcast, now=now)
    targets = _targets(broadcast, first)
    at_once = ROWS_PER_INSERT // MOST_PARTS if broadcast.split else ROWS_PER_INSERT
    while batch := list(islice(targets, at_once)):
        worded = list(wording(batch))
        refused = recheck.refusals(worded)
        refusals.add(worded, refused)
        held = quiet.of([target.robot_id for target in batch if target.robot_id is not None])
        turn += _insert(worded, refused, held, run=run, turn=turn, now=now)
    refusals.tell(now)
    quiet.tell()
    return run


def _insert(
    worded: Pairs, refused: Sequence[str], held: Mapping[int, Quiet], *, run: Run, turn: int, now: datetime
) -> int:
    """Returns how many deliveries it makes. Which part each is stands in a column only where there may be parts."""
    made = _rows(worded, refused, held, run=run, turn=turn, now=now)
    if not run.broadcast.split:
        insert_many(Delivery, _Row._fields, list(made))
        return len(worded)
    rows = [(*row, each.part, each.parts) for (_target, each), row in zip(worded, made, strict=True)]
    insert_many(Delivery, (*_Row._fields, "part", "parts"), rows)
    return len(rows)


def _targets(broadcast: Broadcast, first: FirstGroup | None) -> Iterator[TargetRow]:
    targets = broadcast.targets.order_by("pk")
    if first:
        planned = first.state == FirstState.PLANNED
        targets = targets.filter(pk=first.target_id) if planned else targets.exclude(pk=first.target_id)
    rows = targets.values_list(*columns_for(broadcast))
    return (TargetRow(*row) for row in rows.iterator(chunk_size=ROWS_PER_INSERT))


def _rows(
    worded: Pairs, refused: Sequence[str], held: Mapping[int, Quiet], *, run: Run, turn: int, now: datetime
) -> Iterator[_Row]:
    broadcast, planned_at = run.broadcast, run.planned_at
    is_test, useful_until = broadcast.kind == BroadcastKind.TEST, broadcast.useful_until
    for position, ((target, each), reason) in enumerate(zip(worded, refused, strict=True), start=turn):
        row = _Row(
            run.pk,
            target.robot_id,
            target.robot_name,
            target.group_name,
            is_test,
            each.body_id,
            uuid.uuid4(),
            planned_at,
            position,
            useful_until,
            now,
        )
        yield _failed(row, reason, now=now) if reason else _quiet(row, held, now=now)


def _quiet(row: _Row, held: Mapping[int, Quiet], *, now: datetime) -> _Row:
    """Waits until its group's quiet hours are over, or is skipped for them."""
    quiet = held.get(row.robot) if row.robot is not None else None
    if quiet is None:
        return row
    if quiet.skips:
        return row._replace(status=DeliveryStatus.EXPIRED.value, reason=QUIET_HOURS, ended_at=now)
    return row._replace(due_at=quiet.until, reason=QUIET_HOURS)


def _failed(row: _Row, reason: str, *, now: datetime) -> _Row:
    """It never waits."""
    return row._replace(status=DeliveryStatus.FAILED.value, reason=reason, ended_at=now)
