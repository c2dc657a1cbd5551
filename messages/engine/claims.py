"""Claims: which deliveries may be called now, made sure of by conditional updates alone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
from django.db import IntegrityError, transaction

from dingtalk.client import Target
from dingtalk.payloads import with_msg_uuid
from messages.engine.ending import end_without_call
from messages.engine.giving_back import give_back
from messages.engine.outcomes import Facts
from messages.engine.quiet import QuietWatch, hold_claimed
from messages.engine.recent import call_name
from messages.engine.taking import Mark, QueueRow, take_first
from messages.models import Body, Delivery, DeliveryStatus
from robots.encryption import CiphertextError
from robots.endpoints import make_target
from robots.health import hold
from robots.pacing import Pacing, Wish

PACING_REASON = "waiting_pacing"


@dataclass(frozen=True, slots=True)
class Claimed:
    """Everything that a call and its record need: between claim and record nothing reads the database."""

    delivery_id: int
    claim: uuid.UUID
    number: int  # the attempt's
    robot_id: int
    broadcast_id: int
    is_test: bool
    token_fingerprint: str
    target: Target
    body: bytes
    facts: Facts


class Bodies:
    """The last bodies at hand: a run of thousands sends one and the same, and a body never changes."""

    MOST = 64

    def __init__(self) -> None:
        self._bodies: dict[int, bytes] = {}

    def get(self, body_ids: Collection[int]) -> dict[int, bytes]:
        """By one query at most, also where every group has its own words."""
        if missing := set(body_ids) - self._bodies.keys():
            if len(self._bodies) + len(missing) > self.MOST:
                self._bodies = {pk: self._bodies[pk] for pk in body_ids if pk in self._bodies}
            texts = Body.objects.filter(pk__in=missing).values_list("pk", "text")
            self._bodies |= {pk: text.encode("utf-8") for pk, text in texts}
        return self._bodies


@dataclass(frozen=True, slots=True)
class ClaimRules:
    lease: timedelta
    worker: str
    simulator: bool
    pacing: Pacing
    bodies: Bodies = field(default_factory=Bodies)
    quiet: QuietWatch = field(default_factory=QuietWatch)


@dataclass(frozen=True, slots=True)
class Claims:
    taken: list[Claimed]
    # Above 0: more is due, but our address must not call more than that before so many seconds are over.
    wait_seconds: float = 0.0


def claim_due(*, limit: int, now: datetime, rules: ClaimRules) -> Claims:
    """Take at most `limit` due deliveries into sending. The caller calls each, or lets its lease run out.

    They are claimed before the pacing windows are asked: pumps that asked for the same ones would use up the minute of
    robots that they then do not call. Raises redis.RedisError, and claims nothing, when the windows cannot be asked.
    """
    claim = uuid.uuid4()
    rows = _not_quiet(_take(limit, claim, now=now, rules=rules), claim, now=now, rules=rules)
    waits = _ask_pacing(rows, claim, now=now, pacing=rules.pacing)
    granted = [row for row, wait_ms in zip(rows, waits, strict=True) if wait_ms == 0]
    refused = [row.pk for row, wait_ms in zip(rows, waits, strict=True) if wait_ms != 0]
    if refused:
        _hold_full_robots(rows, waits, now=now)
        give_back(refused, claim, now=now)
    taken = _readable(granted, claim, rules.bodies, now=now)
    return Claims(taken, wait_seconds=max(0, -min(waits, default=0)) / 1000)


def _take(limit: int, claim: uuid.UUID, *, now: datetime, rules: ClaimRules) -> list[QueueRow]:
    mark = Mark(claim, claimed_at=now, lease_until=now + rules.lease, worker=rules.worker)
    try:
        with transaction.atomic():
            return take_first(limit, mark, now=now, simulator=rules.simulator)
    except IntegrityError:
        # Another pump took another delivery of one of these robots at the same moment: all of them stay waiting.
        return []


def _not_quiet(rows: list[QueueRow], claim: uuid.UUID, *, now: datetime, rules: ClaimRules) -> list[QueueRow]:
    """Without those whose groups are in quiet hours, before they use up a call of their minute."""
    if not rows:
        return rows
    held = hold_claimed({row.pk: row.robot_id for row in rows}, claim, rules=rules.quiet.rules(now), now=now)
    return [row for row in rows if row.pk not in held]


def _ask_pacing(rows: Sequence[QueueRow], claim: uuid.UUID, *, now: datetime, pacing: Pacing) -> list[int]:
    try:
        return pacing.acquire([Wish(row.token_fingerprint, call_name(row.pk, row.calls + 1)) for row in rows])
    except redis.RedisError:
        give_back([row.pk for row in rows], claim, now=now)
        raise


def _hold_full_robots(rows: Sequence[QueueRow], waits: Sequence[int], *, now: datetime) -> None:
    """A robot whose minute is full is left alone until it has a call left. (Below 0 it is our address that waits.)"""
    for row, wait_ms in zip(rows, waits, strict=True):
        if wait_ms > 0:
            hold(row.robot_id, until=now + timedelta(milliseconds=wait_ms), reason=PACING_REASON)


def _readable(rows: Sequence[QueueRow], claim: uuid.UUID, bodies: Bodies, *, now: datetime) -> list[Claimed]:
    """Those whose secrets can be decrypted; the others fail, under the claim that took them."""
    claimed: list[Claimed] = []
    texts = bodies.get([row.body_id for row in rows])
    for row in rows:
        try:
            claimed.append(_claimed(row, claim, texts[row.body_id]))
        except CiphertextError:
            ours = Delivery.objects.filter(pk=row.pk, status=DeliveryStatus.SENDING, claim=claim)
            end_without_call(ours, DeliveryStatus.FAILED, "key_missing", now=now, lease_until=None)
    return claimed


def _claimed(row: QueueRow, claim: uuid.UUID, body: bytes) -> Claimed:
    return Claimed(
        delivery_id=row.pk,
        claim=claim,
        number=row.calls + 1,
        robot_id=row.robot_id,
        broadcast_id=row.broadcast_id,
        is_test=row.is_test,
        token_fingerprint=row.token_fingerprint,
        target=make_target(
            simulated=row.simulated, token_encrypted=row.token_encrypted, secret_encrypted=row.secret_encrypted
        ),
        body=with_msg_uuid(body, str(row.msg_uuid)),
        facts=Facts(
            tries=row.tries,
            uncertain_tries=row.uncertain_tries,
            policy=row.policy,
            fired_at=row.fired_at,
            useful_until=row.useful_until,
            calls=row.calls,
        ),
    )
