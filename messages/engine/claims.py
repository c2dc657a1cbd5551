"""Claims: which deliveries may be called now, made sure of by conditional updates alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from dingtalk.client import Target
from dingtalk.payloads import with_msg_uuid
from messages.engine.outcomes import Facts
from messages.models import Body, BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet
from robots.encryption import CiphertextError
from robots.endpoints import make_target
from robots.health import hold
from robots.models import RobotStatus
from robots.pacing import Pacing

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

    def get(self, body_id: int) -> bytes:
        if body_id not in self._bodies:
            if len(self._bodies) >= self.MOST:
                self._bodies.clear()
            self._bodies[body_id] = Body.objects.get(pk=body_id).text.encode("utf-8")
        return self._bodies[body_id]


@dataclass(frozen=True, slots=True)
class ClaimRules:
    lease: timedelta
    worker: str
    simulator: bool
    pacing: Pacing
    bodies: Bodies = field(default_factory=Bodies)


def claimable(now: datetime, *, simulator: bool) -> DeliveryQuerySet:
    """Due deliveries at the head of their robot's queue whose robot may be called now."""
    quota_left = Q(robot__organisation__quota_exhausted_until=None) | Q(
        robot__organisation__quota_exhausted_until__lte=now
    )
    deliveries = (
        Delivery.objects.due(now)
        .not_paused()
        .head_of_queue()
        .filter(robot__isnull=False)
        .filter(Q(useful_until=None) | Q(useful_until__gt=now))
        .exclude(run__broadcast__status=BroadcastStatus.CANCELLED)
        .filter(Q(robot__hold_until=None) | Q(robot__hold_until__lte=now))
        # A test is how a person finds out whether a paused robot, or a used-up quota, works again.
        .filter(Q(is_test=True) | (Q(robot__status=RobotStatus.ACTIVE) & quota_left))
    )
    return deliveries if simulator else deliveries.filter(robot__organisation__simulated=False)


def current_turn(now: datetime) -> int:
    """Where a new run joins: beside the one that is going out, neither behind the whole of it nor before it.

    Runs then take turns, delivery by delivery, as in start-time fair queueing.
    """
    first = claimable(now, simulator=True).order_by("turn", "pk").values_list("turn", flat=True).first()
    return first or 0


@dataclass(frozen=True, slots=True)
class Claims:
    taken: list[Claimed]
    # Above 0: more is due, but our address must not call more than that before so many seconds are over.
    wait_seconds: float = 0.0


def claim_due(*, limit: int, now: datetime, rules: ClaimRules) -> Claims:
    """Take at most `limit` due deliveries into sending. The caller calls each, or lets its lease run out.

    Raises redis.RedisError when the pacing windows cannot be asked: then nothing is claimed.
    """
    rows = claimable(now, simulator=rules.simulator).order_by("turn", "pk").values_list(*_COLUMNS)
    candidates = _one_per_robot(_Row(*row) for row in rows[:limit])
    waits = rules.pacing.acquire([row.token_fingerprint for row in candidates])
    _hold_full_robots(candidates, waits, now=now)
    granted = [row for row, wait_ms in zip(candidates, waits, strict=True) if wait_ms == 0]
    return Claims(_take(granted, now=now, rules=rules), wait_seconds=max(0, -min(waits, default=0)) / 1000)


class _Row(NamedTuple):
    """What a claim reads, in the order of _COLUMNS. Rows, not models: building models costs as much as sending."""

    pk: int
    calls: int
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


_COLUMNS = (
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


def _one_per_robot(candidates: Iterable[_Row]) -> list[_Row]:
    """A test does not queue behind others, so that it may stand beside the head of its robot's queue."""
    first: dict[int, _Row] = {}
    for row in candidates:
        first.setdefault(row.robot_id, row)
    return list(first.values())


def _hold_full_robots(candidates: Sequence[_Row], waits: Sequence[int], *, now: datetime) -> None:
    """A robot whose minute is full is left alone until it has a call left. (Below 0 it is our address that waits.)"""
    for row, wait_ms in zip(candidates, waits, strict=True):
        if wait_ms > 0:
            hold(row.robot_id, until=now + timedelta(milliseconds=wait_ms), reason=PACING_REASON)


def _take(rows: Sequence[_Row], *, now: datetime, rules: ClaimRules) -> list[Claimed]:
    if not rows:
        return []
    claim = uuid.uuid4()
    try:
        with transaction.atomic():
            ids = _mark_sending([row.pk for row in rows], claim, now=now, rules=rules)
            return _readable([row for row in rows if row.pk in ids], claim, rules.bodies, now=now)
    except IntegrityError:
        # Another pump took another delivery of one of these robots at the same moment: all of them stay waiting.
        return []


def _mark_sending(ids: Sequence[int], claim: uuid.UUID, *, now: datetime, rules: ClaimRules) -> set[int]:
    """The conditional update that decides between pumps; returns the ids that are ours now."""
    taken = Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.WAITING).update(
        status=DeliveryStatus.SENDING,
        claim=claim,
        claimed_at=now,
        lease_until=now + rules.lease,
        worker=rules.worker,
        calls=F("calls") + 1,
    )
    if taken == len(ids):
        return set(ids)
    return set(Delivery.objects.filter(pk__in=ids, claim=claim).order_by().values_list("pk", flat=True))


def _readable(rows: Iterable[_Row], claim: uuid.UUID, bodies: Bodies, *, now: datetime) -> list[Claimed]:
    """Those whose secrets can be decrypted; the others fail, in the transaction that claimed them."""
    claimed: list[Claimed] = []
    for row in rows:
        try:
            claimed.append(_claimed(row, claim, bodies.get(row.body_id)))
        except CiphertextError:
            Delivery.objects.filter(pk=row.pk, status=DeliveryStatus.SENDING, claim=claim).update(
                status=DeliveryStatus.FAILED, reason="key_missing", ended_at=now, lease_until=None
            )
    return claimed


def _claimed(row: _Row, claim: uuid.UUID, body: bytes) -> Claimed:
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
        ),
    )
