"""Finds what a crash left behind, and gives up openly on what cannot go out."""

from __future__ import annotations

import random
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dingtalk.replies import Kind, ReasonKey
from messages.engine.outcomes import UNCERTAIN_GIVE_UP, Facts, after_uncertain
from messages.engine.recording import apply_move
from messages.models import Attempt, BroadcastStatus, Delivery, DeliveryStatus, Run
from messages.models.delivery import DeliveryQuerySet
from robots.models import Robot, RobotStatus

REAPED_PER_TICK = 500


def reap(now: datetime) -> int:
    """Calls whose lease ran out become uncertain: their worker died, and nobody can know whether they arrived."""
    lost = Delivery.objects.lease_ran_out(now).select_related("robot", "run__broadcast").order_by("lease_until")
    return sum(_reap(delivery, now=now) for delivery in lost[:REAPED_PER_TICK])


@transaction.atomic
def _reap(delivery: Delivery, *, now: datetime) -> bool:
    facts = Facts(
        tries=delivery.tries,
        uncertain_tries=delivery.uncertain_tries,
        policy=delivery.run.broadcast.uncertain_policy,
        fired_at=delivery.run.fired_at,
        useful_until=delivery.useful_until,
    )
    move = after_uncertain(ReasonKey.WORKER_DIED.value, facts, now=now, jitter=random.random())  # noqa: S311
    lost = Delivery.objects.select_for_update().filter(pk=delivery.pk, claim=delivery.claim)
    if not lost.lease_ran_out(now).exists() or not apply_move([delivery.pk], move, now=now, errcode=None):
        return False
    started_at = delivery.claimed_at or now
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.calls,
        started_at=started_at,
        duration_ms=max(0, int((now - started_at).total_seconds() * 1000)),
        kind=Kind.UNCERTAIN.value,
        reason=move.reason,
        token_fingerprint=delivery.robot.token_fingerprint if delivery.robot else "",
        worker=delivery.worker,
    )
    return True


def retry_uncertain(now: datetime) -> int:
    """Policy "retry safely": what is uncertain and due goes out once more, under the same msgUuid.

    What is paused meanwhile stays uncertain, for it must not be called.
    """
    due = Delivery.objects.filter(status=DeliveryStatus.UNCERTAIN, due_at__lte=now).not_paused()
    due = due.exclude(run__broadcast__status=BroadcastStatus.CANCELLED)
    # DingTalk's memory of a msgUuid is not documented: after a long down-time a person decides.
    stale = due.filter(Q(robot=None) | Q(due_at__lt=now - UNCERTAIN_GIVE_UP))
    stale.update(due_at=None)
    return due.update(status=DeliveryStatus.WAITING, due_at=now)


def distrust_old_retries(deliveries: DeliveryQuerySet, *, now: datetime) -> int:
    """Safe retries that were held back for longer than DingTalk may remember a msgUuid: a person decides about them.

    Called before what was paused or stopped goes on.
    """
    held_back = deliveries.filter(status=DeliveryStatus.WAITING, uncertain_tries__gt=0)
    return held_back.filter(claimed_at__lt=now - UNCERTAIN_GIVE_UP).update(status=DeliveryStatus.UNCERTAIN, due_at=None)


def give_up_unsendable(now: datetime, *, simulator: bool) -> int:
    """What waits for a robot that is gone, paused or without an endpoint fails with that reason: nothing waits unseen.

    A test still goes to a paused robot, for that is what a test is for.
    """
    waiting = Delivery.objects.filter(status=DeliveryStatus.WAITING)
    ordinary = waiting.filter(is_test=False)
    paused = Robot.objects.filter(status=RobotStatus.PAUSED)
    exhausted = Robot.objects.filter(organisation__quota_exhausted_until__gt=now)
    count = _end(waiting.filter(robot=None), DeliveryStatus.FAILED, "robot_deleted", now=now)
    count += _end(ordinary.filter(robot__in=paused), DeliveryStatus.FAILED, "robot_paused", now=now)
    count += _end(ordinary.filter(robot__in=exhausted), DeliveryStatus.FAILED, "quota_exhausted", now=now)
    # A call that was in flight while its broadcast was cancelled may have come back to the queue.
    cancelled = Run.objects.filter(broadcast__status=BroadcastStatus.CANCELLED)
    count += _end(waiting.filter(run__in=cancelled), DeliveryStatus.CANCELLED, "cancelled", now=now)
    if not simulator:
        simulated = Robot.objects.filter(organisation__simulated=True)
        count += _end(waiting.filter(robot__in=simulated), DeliveryStatus.FAILED, "simulator_off", now=now)
    stale = waiting.filter(useful_until__lte=now)
    return count + _end(stale, DeliveryStatus.EXPIRED, "expired", now=now)


def _end(deliveries: DeliveryQuerySet, status: DeliveryStatus, reason: str, *, now: datetime) -> int:
    return deliveries.update(status=status, reason=reason, ended_at=now, due_at=None)
