"""Writes down what came back: the attempt, the delivery's move, and what the reply says of the robot."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max

from dingtalk.client import Call
from dingtalk.replies import Kind, RobotAction
from messages.engine.claims import Claimed
from messages.engine.outcomes import Move, decide
from messages.engine.state import hold_everything
from messages.models import Attempt, Delivery, DeliveryStatus
from robots.health import hold, note_outcome


@dataclass(frozen=True, slots=True)
class Finished:
    claimed: Claimed
    call: Call


@transaction.atomic
def record_finished(finished: Sequence[Finished], *, now: datetime, worker: str) -> None:
    """One transaction for all of them. A delivery that was moved meanwhile keeps its state; its attempt is kept too."""
    for done in finished:
        outcome = done.call.outcome
        move = decide(outcome, done.claimed.facts, now=now, jitter=random.random())  # noqa: S311
        on_time = apply_move(done.claimed, move, now=now, errcode=outcome.errcode)
        if not on_time:
            _accept_late_delivery(done, now=now)
        _store_attempt(done, worker=worker, number=done.claimed.number if on_time else None)
        _note(done, now=now)


def apply_move(claimed: Claimed, move: Move, *, now: datetime, errcode: int | None) -> bool:
    """From sending, and only under the claim that made the call; False when the lease had run out before."""
    return apply_move_to(claimed.delivery_id, claimed.claim, move, now=now, errcode=errcode)


def apply_move_to(delivery_id: int, claim: uuid.UUID | None, move: Move, *, now: datetime, errcode: int | None) -> bool:
    ended = move.status in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)
    sending = Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.SENDING, claim=claim)
    changed = sending.update(
        status=move.status,
        reason=move.reason,
        errcode=errcode,
        due_at=move.due_at,
        ended_at=now if ended else None,
        lease_until=None,
        tries=F("tries") + int(move.counts_try),
        uncertain_tries=F("uncertain_tries") + int(move.counts_uncertain),
    )
    return changed == 1


def _accept_late_delivery(done: Finished, *, now: datetime) -> None:
    """The lease ran out and the delivery was called uncertain; now DingTalk's own word for it has come after all."""
    if done.call.outcome.kind is not Kind.DELIVERED:
        return
    Delivery.objects.filter(
        pk=done.claimed.delivery_id, status=DeliveryStatus.UNCERTAIN, claim=done.claimed.claim
    ).update(status=DeliveryStatus.DELIVERED, reason=done.call.outcome.reason, errcode=0, due_at=None, ended_at=now)


def _store_attempt(done: Finished, *, worker: str, number: int | None) -> None:
    call, outcome = done.call, done.call.outcome
    Attempt.objects.create(
        delivery_id=done.claimed.delivery_id,
        number=number or _next_number(done.claimed.delivery_id),
        started_at=datetime.fromtimestamp(call.started_ms / 1000, tz=UTC),
        duration_ms=call.duration_ms,
        kind=outcome.kind.value,
        reason=outcome.reason,
        http_status=outcome.http_status,
        errcode=outcome.errcode,
        raw=call.raw.replace("\x00", ""),
        masked_url=call.masked_url,
        token_fingerprint=done.claimed.token_fingerprint,
        worker=worker,
    )


def _next_number(delivery_id: int) -> int:
    """For a reply that came after the reaper had written the attempt off under its own number."""
    highest = Attempt.objects.filter(delivery_id=delivery_id).aggregate(highest=Max("number"))["highest"] or 0
    Delivery.objects.filter(pk=delivery_id, calls__lte=highest).update(calls=highest + 1)
    return int(highest) + 1


def _note(done: Finished, *, now: datetime) -> None:
    outcome, robot_id = done.call.outcome, done.claimed.robot_id
    note_outcome(robot_id, outcome, at=now, duration_ms=done.call.duration_ms, is_test=done.claimed.is_test)
    until = now + timedelta(seconds=max(1, outcome.wait_seconds))
    if outcome.action is RobotAction.SILENCE:
        hold(robot_id, until=until, reason=outcome.reason)
    elif outcome.action is RobotAction.PAUSE_ALL:
        hold_everything(until=until, reason=outcome.reason)
