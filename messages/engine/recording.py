"""Writes down what came back: the attempts, the deliveries' moves, and what the replies say of the robots.

Set by set, not row by row: a batch of a hundred equal outcomes is one UPDATE.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Max

from dingtalk.client import Call
from dingtalk.replies import Kind, ReasonKey, RobotAction
from messages.engine.alarms import sound_alarms
from messages.engine.claims import Claimed
from messages.engine.compiled import adapted, adapted_uuid
from messages.engine.first_group import stop_failing
from messages.engine.outcomes import Move, decide
from messages.engine.state import hold_everything, note_success
from messages.models import Attempt, Delivery, DeliveryStatus
from robots.bulk import insert_many, is_one_of, numbers
from robots.health import LastResult, end_silences, note_outcome, store_last_results

_DELIVERY: Final = Delivery._meta.db_table


@dataclass(frozen=True, slots=True)
class Finished:
    claimed: Claimed
    call: Call


@transaction.atomic
def record_finished(finished: Sequence[Finished], *, now: datetime, worker: str) -> None:
    """One transaction for all of them. A delivery that was moved meanwhile keeps its state; its attempt is kept too."""
    on_time_ids = _still_sending(finished)
    on_time = [done for done in finished if done.claimed.delivery_id in on_time_ids]
    late = _not_recorded_yet([done for done in finished if done.claimed.delivery_id not in on_time_ids])
    _move(on_time, now=now)
    for done in late:
        _accept_late_delivery(done, now=now)
    attempts = [_attempt(done, worker=worker, number=done.claimed.number) for done in on_time]
    attempts += [_attempt(done, worker=worker, number=_next_number(done.claimed.delivery_id)) for done in late]
    insert_many(Attempt, _Attempt._fields, attempts)
    new = [*on_time, *late]
    store_last_results([_last_result(done, now=now) for done in new])
    for done in new:
        _note(done, now=now)
    sound_alarms([(done.claimed.robot_id, done.call.outcome) for done in new], now=now)
    delivered = [done.claimed.robot_id for done in new if done.call.outcome.kind is Kind.DELIVERED]
    if delivered:
        end_silences(delivered)
        note_success()
    failing = {done.claimed.broadcast_id for done in new if done.call.outcome.kind is not Kind.DELIVERED}
    if failing:
        # By itself: it locks the broadcast, and whoever cancels one locks it before its deliveries.
        transaction.on_commit(lambda: stop_failing(failing, now=now))


def _still_sending(finished: Sequence[Finished]) -> set[int]:
    """Those whose claim still stands, locked until the end of the transaction."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    statement = f"SELECT id, claim FROM {_DELIVERY} WHERE {is_one_of('id')} AND status = %s{lock}"  # noqa: S608
    ids = [done.claimed.delivery_id for done in finished]
    with connection.cursor() as cursor:
        cursor.execute(statement, [numbers(ids), DeliveryStatus.SENDING.value])
        claims = dict(cursor.fetchall())
    return {
        done.claimed.delivery_id
        for done in finished
        if claims.get(done.claimed.delivery_id) == adapted_uuid(done.claimed.claim)
    }


def _not_recorded_yet(late: Sequence[Finished]) -> list[Finished]:
    """Less those of a transaction that was committed although the connection broke before it could say so."""
    if not late:
        return []
    ids = [done.claimed.delivery_id for done in late]
    ours = Attempt.objects.filter(delivery__in=ids).exclude(reason=ReasonKey.WORKER_DIED.value)
    known = set(ours.order_by().values_list("delivery_id", "started_at"))
    return [done for done in late if (done.claimed.delivery_id, _started_at(done)) not in known]


def _started_at(done: Finished) -> datetime:
    return datetime.fromtimestamp(done.call.started_ms / 1000, tz=UTC)


def _move(finished: Iterable[Finished], *, now: datetime) -> None:
    alike: dict[tuple[Move, int | None], list[int]] = defaultdict(list)
    for done in finished:
        move = decide(done.call.outcome, done.claimed.facts, now=now, jitter=random.random())  # noqa: S311
        alike[move, done.call.outcome.errcode].append(done.claimed.delivery_id)
    for (move, errcode), ids in alike.items():
        apply_move(ids, move, now=now, errcode=errcode)


def apply_move(ids: Sequence[int], move: Move, *, now: datetime, errcode: int | None) -> int:
    """From sending to where the move says; returns how many were still sending."""
    ended = move.status in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)
    written = [move.status.value, move.reason, errcode, adapted(move.due_at), adapted(now) if ended else None]
    counted = [int(move.counts_try), int(move.counts_uncertain)]
    with connection.cursor() as cursor:
        cursor.execute(_apply_move(), [*written, *counted, numbers(ids), DeliveryStatus.SENDING.value])
        return int(cursor.rowcount)


def _apply_move() -> str:
    return f"""
        UPDATE {_DELIVERY}
        SET status = %s, reason = %s, errcode = %s, due_at = %s, ended_at = %s, lease_until = NULL,
            tries = tries + %s, uncertain_tries = uncertain_tries + %s
        WHERE {is_one_of("id")} AND status = %s
    """  # noqa: S608


def _accept_late_delivery(done: Finished, *, now: datetime) -> None:
    """The lease ran out and the delivery was called uncertain; now DingTalk's own word for it has come after all.

    A safe retry that waits is not needed any more.
    """
    if done.call.outcome.kind is not Kind.DELIVERED:
        return
    Delivery.objects.filter(
        pk=done.claimed.delivery_id,
        status__in=(DeliveryStatus.UNCERTAIN, DeliveryStatus.WAITING),
        claim=done.claimed.claim,
    ).update(status=DeliveryStatus.DELIVERED, reason=done.call.outcome.reason, errcode=0, due_at=None, ended_at=now)


class _Attempt(NamedTuple):
    """Named like the attempt's own fields."""

    delivery: int
    number: int
    started_at: datetime
    duration_ms: int
    kind: str
    reason: str
    http_status: int | None
    errcode: int | None
    raw: str
    masked_url: str
    clock_skew_seconds: int | None
    token_fingerprint: str
    worker: str


def _attempt(done: Finished, *, worker: str, number: int) -> _Attempt:
    call, outcome = done.call, done.call.outcome
    return _Attempt(
        delivery=done.claimed.delivery_id,
        number=number,
        started_at=_started_at(done),
        duration_ms=call.duration_ms,
        kind=outcome.kind.value,
        reason=outcome.reason,
        http_status=outcome.http_status,
        errcode=outcome.errcode,
        raw=call.raw.replace("\x00", ""),
        masked_url=call.masked_url,
        clock_skew_seconds=outcome.clock_skew_seconds,
        token_fingerprint=done.claimed.token_fingerprint,
        worker=worker,
    )


def _next_number(delivery_id: int) -> int:
    """For a reply that came after the reaper had written the attempt off under its own number."""
    highest = Attempt.objects.filter(delivery_id=delivery_id).aggregate(highest=Max("number"))["highest"] or 0
    Delivery.objects.filter(pk=delivery_id, calls__lte=highest).update(calls=highest + 1)
    return int(highest) + 1


def _last_result(done: Finished, *, now: datetime) -> LastResult:
    outcome = done.call.outcome
    return LastResult(
        robot_id=done.claimed.robot_id,
        last_kind=outcome.kind.value,
        last_reason=outcome.reason,
        last_errcode=outcome.errcode,
        last_at=now,
        last_duration_ms=done.call.duration_ms,
    )


def _note(done: Finished, *, now: datetime) -> None:
    outcome, claimed = done.call.outcome, done.claimed
    note_outcome(claimed.robot_id, outcome, token=claimed.target.token, at=now, is_test=claimed.is_test)
    if outcome.action is RobotAction.PAUSE_ALL:
        hold_everything(now=now, called_at=_started_at(done), seconds=outcome.wait_seconds, reason=outcome.reason)
