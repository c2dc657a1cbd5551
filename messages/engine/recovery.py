"""Finds what a crash left behind, and decides what becomes of what is uncertain."""

from __future__ import annotations

import random
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from dingtalk.replies import Kind, ReasonKey
from dingtalk.replies.advice import ADVICE
from messages.engine.outcomes import EARLIER_CALL, UNCERTAIN_GIVE_UP, Facts, after_uncertain
from messages.engine.recording import apply_move
from messages.models import Attempt, BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet

REAPED_PER_TICK = 500
# What a delivery says itself of a call that may have arrived.
_UNKNOWN_FATES = [key.value for key, advice in ADVICE.items() if advice.kind is Kind.UNCERTAIN]


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
    if not due.exists():
        return 0  # A write that changes nothing would still wait for whoever writes to SQLite.
    stale = due.filter(Q(robot=None) | Q(due_at__lt=now - UNCERTAIN_GIVE_UP) | _perhaps_forgotten(now))
    stale.update(due_at=None)
    return due.update(status=DeliveryStatus.WAITING, due_at=now)


def distrust_old_retries(now: datetime, *, among: DeliveryQuerySet | None = None) -> int:
    """Safe retries that were held back for longer than DingTalk may remember a msgUuid: a person decides about them.

    Called once a tick, and before what was paused or stopped goes on. `among`: None means all.
    """
    deliveries = Delivery.objects.all() if among is None else among
    held_back = deliveries.filter(status=DeliveryStatus.WAITING, uncertain_tries__gt=0)
    forgotten = held_back.filter(_perhaps_forgotten(now))
    # In the order of their index, which is short where the queue is long.
    if not forgotten.order_by("status", "claimed_at").values_list("pk").first():
        return 0
    return forgotten.update(
        status=DeliveryStatus.UNCERTAIN,
        reason=Case(When(reason__in=_UNKNOWN_FATES, then=F("reason")), default=Value(EARLIER_CALL)),
        due_at=None,
    )


def _perhaps_forgotten(now: datetime) -> Q:
    """DingTalk's memory of a msgUuid is not documented: it is counted from the first call that may have arrived.

    The newest claim tells as much only where it was called: a pump may have given it back.
    """
    long_ago = now - UNCERTAIN_GIVE_UP
    unknown = Attempt.objects.filter(delivery=OuterRef("pk"), kind=Kind.UNCERTAIN.value, started_at__lt=long_ago)
    return Q(Exists(unknown)) | Q(claimed_at__lt=long_ago)
