"""One group first: the tick decides from rows when the rest may go, and when it has to stop by itself.

PLANNED --fires--> OUT --arrived, or a person's go--> REST --fires--> the run of all the others
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum, auto
from typing import Final

from django.db import transaction
from django.db.models import Count

from audit.actors import SYSTEM, Actor
from audit.log import record
from messages.engine.holding import begin_hold
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, FirstGroup, FirstState, HoldKind
from messages.notices.kinds import NoticeKind, broadcast_subject
from messages.notices.raising import raise_notice

# Of fewer a share says nothing.
LEAST_ENDED: Final = 5


class Verdict(StrEnum):
    UNDER_WAY = auto()
    ARRIVED = auto()
    LOST = auto()
    UNKNOWN = auto()


def verdict_of(deliveries: Iterable[tuple[str, bool]]) -> Verdict:
    """`deliveries`: the status of each of its parts, and whether it is tried again by itself."""
    found = list(deliveries)
    if any(again or status in (DeliveryStatus.WAITING, DeliveryStatus.SENDING) for status, again in found):
        return Verdict.UNDER_WAY
    if any(status == DeliveryStatus.UNCERTAIN for status, _again in found):
        return Verdict.UNKNOWN
    if found and all(status == DeliveryStatus.DELIVERED for status, _again in found):
        return Verdict.ARRIVED
    return Verdict.LOST


def too_many_failed(failed: int, ended: int, *, share: int) -> bool:
    return ended >= LEAST_ENDED and failed * 100 > share * ended


def watch_over(now: datetime) -> None:
    """One query while nobody waits for a first group. Two ticks at once do no harm: every move is conditional."""
    for first in FirstGroup.objects.filter(watched=True).exclude(state=FirstState.PLANNED).select_related("broadcast"):
        if first.broadcast.status == BroadcastStatus.CANCELLED:
            FirstGroup.objects.filter(pk=first.pk).update(watched=False)
        elif first.state == FirstState.OUT:
            _look_at_first(first, now=now)
        else:
            _look_at_rest(first, now=now)


def stop_failing(broadcast_ids: Collection[int], *, now: datetime) -> None:
    """What the tick would find within a second, found before the pump claims more."""
    rest = FirstGroup.objects.filter(broadcast__in=broadcast_ids, watched=True, state=FirstState.REST)
    for first in rest.select_related("broadcast"):
        _look_at_rest(first, now=now)


def first_verdict(first: FirstGroup) -> Verdict:
    """Of its newest run: what was sent again counts, not what failed before."""
    run = first.broadcast.runs.order_by("-pk").first()
    rows = run.deliveries.order_by().values_list("status", "due_at") if run else ()
    return verdict_of((status, due_at is not None) for status, due_at in rows)


@transaction.atomic
def release(first: FirstGroup, *, by: Actor, now: datetime, why: str) -> bool:
    """Let the rest go; False when somebody did already. The next tick fires it."""
    released = FirstGroup.objects.filter(pk=first.pk, state=FirstState.OUT).update(
        state=FirstState.REST, told="", counted_from=now, watched=first.stop_share is not None
    )
    if released:
        record("broadcast.rest_released", by=by, target=first.broadcast, detail={"first": str(first), "result": why})
    return bool(released)


def _look_at_first(first: FirstGroup, *, now: datetime) -> None:
    verdict, until = first_verdict(first), first.broadcast.useful_until
    over = until is not None and until <= now  # released, it expires openly
    if over or (verdict is Verdict.ARRIVED and not first.asks):
        release(first, by=SYSTEM, now=now, why=verdict.value)
    elif verdict is Verdict.UNDER_WAY:
        FirstGroup.objects.filter(pk=first.pk).exclude(told="").update(told="")
    elif first.told != verdict:
        _tell(first, verdict, now=now)


@transaction.atomic
def _tell(first: FirstGroup, verdict: Verdict, *, now: datetime) -> None:
    waiting = FirstGroup.objects.filter(pk=first.pk, state=FirstState.OUT, told=first.told)
    if waiting.update(told=verdict.value):
        params = {"broadcast": first.broadcast.name, "group": _name(first), "why": verdict.value}
        subject = broadcast_subject(first.broadcast_id)
        raise_notice(NoticeKind.FIRST_GROUP_WAITS, subject=subject, params=params, at=now)


def _look_at_rest(first: FirstGroup, *, now: datetime) -> None:
    if first.broadcast.paused_at is not None or first.broadcast.status != BroadcastStatus.FIRED:
        return
    if first.stopped_at is not None:
        # A person resumed it: from here on it is counted anew.
        FirstGroup.objects.filter(pk=first.pk).update(stopped_at=None, counted_from=now)
        return
    deliveries = Delivery.objects.filter(run__broadcast=first.broadcast, run__resend_of=None)
    if not deliveries.still_to_go_out().exists():
        FirstGroup.objects.filter(pk=first.pk).update(watched=False)
        return
    ended = deliveries.filter(ended_at__gte=first.counted_from or first.broadcast.planned_at).order_by()
    counts = dict(ended.values_list("status").annotate(count=Count("*")))
    failed = counts.get(DeliveryStatus.FAILED, 0)
    total = failed + counts.get(DeliveryStatus.DELIVERED, 0) + counts.get(DeliveryStatus.EXPIRED, 0)
    if first.stop_share is not None and too_many_failed(failed, total, share=first.stop_share):
        _stop(first, failed=failed, ended=total, now=now)


@transaction.atomic
def _stop(first: FirstGroup, *, failed: int, ended: int, now: datetime) -> None:
    going = Broadcast.objects.filter(pk=first.broadcast_id, paused_at=None, status=BroadcastStatus.FIRED)
    if not going.update(paused_at=now, paused_by_name=""):
        return
    begin_hold(HoldKind.PAUSED_ITSELF, broadcast=first.broadcast_id, now=now)
    FirstGroup.objects.filter(pk=first.pk).update(stopped_at=now)
    params = {"broadcast": first.broadcast.name, "failed": failed, "ended": ended, "share": first.stop_share}
    record("broadcast.stopped_itself", by=SYSTEM, target=first.broadcast, detail=params)
    subject = broadcast_subject(first.broadcast_id)
    raise_notice(NoticeKind.STOPPED_ITSELF, subject=subject, params=params, at=now)


def _name(first: FirstGroup) -> str:
    return first.target.group_name or first.target.robot_name
