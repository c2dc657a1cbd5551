"""Takes the first of the queue into sending, in as few statements as each database allows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from django.db import connection

from messages.engine.compiled import Compiled, adapted, adapted_uuid
from messages.engine.planner import settings_for_this_transaction
from messages.engine.queue import SORTING, claimable
from messages.models import Broadcast, Delivery, DeliveryStatus, Run
from robots.bulk import is_one_of, numbers
from robots.models import Organisation, Robot

T = TypeVar("T")


class QueueRow(NamedTuple):
    """What a claim reads, in the order of COLUMNS. Rows, not models: building models costs as much as sending."""

    pk: int
    calls: int  # before this one
    tries: int
    uncertain_tries: int
    is_test: bool
    msg_uuid: uuid.UUID
    body_id: int
    robot_id: int
    broadcast_id: int
    token_encrypted: str
    secret_encrypted: str
    token_fingerprint: str
    simulated: bool
    policy: str
    fired_at: datetime
    useful_until: datetime | None


_COLUMNS: Final = (
    "pk",
    "calls",
    "tries",
    "uncertain_tries",
    "is_test",
    "msg_uuid",
    "body_id",
    "robot_id",
    "run__broadcast_id",
    "robot__token_encrypted",
    "robot__secret_encrypted",
    "robot__token_fingerprint",
    "robot__organisation__simulated",
    "run__broadcast__uncertain_policy",
    "run__fired_at",
    "useful_until",
)


class Mark(NamedTuple):
    """What a claim writes."""

    claim: uuid.UUID
    claimed_at: datetime
    lease_until: datetime
    worker: str


def take_first(limit: int, mark: Mark, *, now: datetime, simulator: bool) -> list[QueueRow]:
    """The first of the queue, one per robot, in its order. In the caller's transaction.

    The update is conditional: it decides between pumps, and against a cancel. Other pumps take what comes behind them:
    PostgreSQL skips what is locked, SQLite lets one transaction in at a time.
    """
    if connection.features.has_select_for_update_skip_locked:
        ids = _lock_first(limit, now=now, simulator=simulator)
        return _mark_and_read(ids, mark) if ids else []
    rows = _read_first(limit, now=now, simulator=simulator)
    if not rows or _mark([row.pk for row in rows], mark) == len(rows):
        return rows
    ours = set(Delivery.objects.filter(claim=mark.claim).order_by().values_list("pk", flat=True))
    return [row for row in rows if row.pk in ours]


@cache
def _first(simulator: bool) -> Compiled:
    return Compiled.of(lambda now: claimable(now, simulator=simulator).values_list(*_COLUMNS))


def _read_first(limit: int, *, now: datetime, simulator: bool) -> list[QueueRow]:
    rows = _first(simulator).rows(now, ending="LIMIT %s", params=[limit])
    return list(_one_per_robot((row[7], QueueRow(*row)) for row in rows))


@cache
def _first_locked(simulator: bool) -> Compiled:
    return Compiled.of(
        lambda now: (
            claimable(now, simulator=simulator)
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("robot_id", "pk")
        )
    )


def _lock_first(limit: int, *, now: datetime, simulator: bool) -> list[int]:
    first = _first_locked(simulator)
    statement = f"{settings_for_this_transaction(SORTING, 'off')}; {first.sql} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*first.params(now), limit])
        while cursor.nextset():
            pass
        return list(_one_per_robot(cursor.fetchall()))


def _one_per_robot(rows: Iterable[tuple[int, T]]) -> Iterable[T]:
    """A test does not queue behind others, so that it may stand beside the head of its robot's queue."""
    first: dict[int, T] = {}
    for robot_id, row in rows:
        first.setdefault(robot_id, row)
    return first.values()


_ASSIGNMENTS: Final = "status = %s, claim = %s, claimed_at = %s, lease_until = %s, worker = %s, calls = calls + 1"


def _assigned(mark: Mark) -> list[Any]:
    moments = [adapted(mark.claimed_at), adapted(mark.lease_until)]
    return [DeliveryStatus.SENDING.value, adapted_uuid(mark.claim), *moments, mark.worker]


def _mark(ids: Sequence[int], mark: Mark) -> int:
    statement = f"UPDATE {_DELIVERY} SET {_ASSIGNMENTS} WHERE {is_one_of('id')} AND status = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_assigned(mark), numbers(ids), DeliveryStatus.WAITING.value])
        return int(cursor.rowcount)


def _mark_and_read(ids: Sequence[int], mark: Mark) -> list[QueueRow]:
    with connection.cursor() as cursor:
        cursor.execute(_MARK_AND_READ, [*_assigned(mark), numbers(ids), DeliveryStatus.WAITING.value])
        rows = {row[0]: QueueRow(*row) for row in cursor.fetchall()}
    return [rows[pk] for pk in ids if pk in rows]


_DELIVERY: Final = Delivery._meta.db_table
# The columns of QueueRow. PostgreSQL tells what it updated, so that nothing is read besides.
_MARK_AND_READ: Final = f"""
UPDATE {_DELIVERY} AS delivery
SET status = %s, claim = %s, claimed_at = %s, lease_until = %s, worker = %s, calls = delivery.calls + 1
FROM {Run._meta.db_table} AS run, {Broadcast._meta.db_table} AS broadcast,
     {Robot._meta.db_table} AS robot, {Organisation._meta.db_table} AS organisation
WHERE delivery.id = ANY(%s::bigint[]) AND delivery.status = %s
  AND run.id = delivery.run_id AND broadcast.id = run.broadcast_id
  AND robot.id = delivery.robot_id AND organisation.id = robot.organisation_id
RETURNING delivery.id, delivery.calls - 1, delivery.tries, delivery.uncertain_tries, delivery.is_test,
          delivery.msg_uuid, delivery.body_id, delivery.robot_id, run.broadcast_id, robot.token_encrypted,
          robot.secret_encrypted, robot.token_fingerprint, organisation.simulated, broadcast.uncertain_policy,
          run.fired_at, delivery.useful_until
"""  # noqa: S608
