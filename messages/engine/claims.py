"""Claims: which deliveries may be called now, made sure of by conditional updates alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from dingtalk.client import Target
from dingtalk.payloads import with_msg_uuid
from messages.engine.outcomes import Facts
from messages.models import BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet
from robots.encryption import CiphertextError
from robots.endpoints import target_of
from robots.health import hold
from robots.models import Robot, RobotStatus
from robots.pacing import Pacing

PACING_REASON = "waiting_pacing"


@dataclass(frozen=True, slots=True)
class Claimed:
    """Everything that a call and its record need: between claim and record nothing reads the database."""

    delivery_id: int
    claim: uuid.UUID
    number: int  # the attempt's
    robot_id: int
    is_test: bool
    token_fingerprint: str
    target: Target
    body: bytes
    facts: Facts


@dataclass(frozen=True, slots=True)
class ClaimRules:
    lease: timedelta
    worker: str
    simulator: bool
    pacing: Pacing


def claimable(now: datetime, *, simulator: bool) -> DeliveryQuerySet:
    """Due deliveries at the head of their robot's queue whose robot may be called now."""
    quota_left = Q(robot__organisation__quota_exhausted_until=None) | Q(
        robot__organisation__quota_exhausted_until__lte=now
    )
    deliveries = (
        Delivery.objects.due(now)
        .head_of_queue()
        .filter(robot__isnull=False)
        .exclude(run__broadcast__status=BroadcastStatus.CANCELLED)
        .filter(Q(robot__hold_until=None) | Q(robot__hold_until__lte=now))
        # A test is how a person finds out whether a paused robot, or a used-up quota, works again.
        .filter(Q(is_test=True) | (Q(robot__status=RobotStatus.ACTIVE) & quota_left))
    )
    return deliveries if simulator else deliveries.filter(robot__organisation__simulated=False)


def claim_due(*, limit: int, now: datetime, rules: ClaimRules) -> list[Claimed]:
    """Take at most `limit` due deliveries into sending. The caller calls each, or lets its lease run out.

    Raises redis.RedisError when the pacing windows cannot be asked: then nothing is claimed.
    """
    if limit <= 0:
        return []
    candidates = claimable(now, simulator=rules.simulator).select_related("robot").order_by("planned_at", "pk")
    paced = _within_pacing(_one_per_robot(candidates[:limit]), now=now, pacing=rules.pacing)
    return _take(paced, now=now, rules=rules) if paced else []


def _one_per_robot(candidates: Iterable[Delivery]) -> list[Delivery]:
    """A test does not queue behind others, so that it may stand beside the head of its robot's queue."""
    first: dict[int | None, Delivery] = {}
    for delivery in candidates:
        first.setdefault(delivery.robot_id, delivery)
    return list(first.values())


def _within_pacing(candidates: list[Delivery], *, now: datetime, pacing: Pacing) -> list[int]:
    """The ids of those whose token has a call left this minute; the robots of the others are held until it has."""
    robots = [delivery.robot for delivery in candidates if delivery.robot is not None]
    waits = pacing.acquire([robot.token_fingerprint for robot in robots])
    for robot, wait_ms in zip(robots, waits, strict=True):
        if wait_ms:
            hold(robot.pk, until=now + timedelta(milliseconds=wait_ms), reason=PACING_REASON)
    return [delivery.pk for delivery, wait_ms in zip(candidates, waits, strict=True) if not wait_ms]


def _take(ids: list[int], *, now: datetime, rules: ClaimRules) -> list[Claimed]:
    claim = uuid.uuid4()
    try:
        with transaction.atomic():
            Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.WAITING).update(
                status=DeliveryStatus.SENDING,
                claim=claim,
                claimed_at=now,
                lease_until=now + rules.lease,
                worker=rules.worker,
                calls=F("calls") + 1,
            )
            taken = Delivery.objects.filter(claim=claim, status=DeliveryStatus.SENDING)
            return _claimed(taken.select_related("robot__organisation", "body", "run__broadcast"), now=now)
    except IntegrityError:
        # Another pump took another delivery of one of these robots at the same moment: all of them stay waiting.
        return []


def _claimed(taken: Iterable[Delivery], *, now: datetime) -> list[Claimed]:
    claimed: list[Claimed] = []
    for delivery in taken:
        if delivery.robot is None:
            _give_up(delivery, reason="robot_deleted", now=now)
            continue
        try:
            claimed.append(_read(delivery, delivery.robot))
        except CiphertextError:
            _give_up(delivery, reason="key_missing", now=now)
    return claimed


def _read(delivery: Delivery, robot: Robot) -> Claimed:
    broadcast = delivery.run.broadcast
    return Claimed(
        delivery_id=delivery.pk,
        claim=cast("uuid.UUID", delivery.claim),
        number=delivery.calls,
        robot_id=robot.pk,
        is_test=delivery.is_test,
        token_fingerprint=robot.token_fingerprint,
        target=target_of(robot),
        body=with_msg_uuid(delivery.body.text.encode("utf-8"), str(delivery.msg_uuid)),
        facts=Facts(
            tries=delivery.tries,
            uncertain_tries=delivery.uncertain_tries,
            policy=broadcast.uncertain_policy,
            fired_at=delivery.run.fired_at,
        ),
    )


def _give_up(delivery: Delivery, *, reason: str, now: datetime) -> None:
    """No call can be made for it at all; the claim is ended in the transaction that made it."""
    Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.SENDING, claim=delivery.claim).update(
        status=DeliveryStatus.FAILED, reason=reason, ended_at=now, lease_until=None
    )
