"""Runs as one JSON object, for those who script against the commands (docs/commands.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Prefetch
from django.utils import timezone

from messages.history.holds import ended_by_cancel, holds_over, that_held
from messages.models import Attempt, Broadcast, Delivery, DeliveryStatus, Hold, Run
from messages.reasons import explain

DELIVERIES_AT_ONCE: Final = 1000


def report_of(run: Run) -> dict[str, Any]:
    broadcast, holds = run.broadcast, holds_of_run(run)
    return {
        "run": run.pk,
        "planned_at": _iso(run.planned_at),
        "fired_at": _iso(run.fired_at),
        "resend_of": run.resend_of_id,
        "resends": resends_of(run),
        "broadcast": {
            "id": broadcast.pk,
            "name": broadcast.name,
            "msgtype": broadcast.msgtype,
            "status": broadcast.status,
            "zone": broadcast.zone,
            "useful_until": _iso(broadcast.useful_until),
            "paused_at": _iso(broadcast.paused_at),
            "cancelled_at": _iso(broadcast.cancelled_at),
            "cancelled_by": broadcast.cancelled_by_name or None,
            "created_by": broadcast.created_by_name,
        },
        "counts": counts_of(run),
        "deliveries": [delivery_as_json(delivery, holds=holds) for delivery in deliveries_of(run)],
    }


def resends_of(run: Run) -> list[int]:
    """The runs that sent again what this one could not deliver."""
    return list(run.resends.order_by("pk").values_list("pk", flat=True))


def counts_of(run: Run) -> dict[str, int]:
    rows = run.deliveries.order_by().values_list("status").annotate(Count("pk"))
    return every_status(dict(rows))


def every_status(counts: Mapping[str, int]) -> dict[str, int]:
    """With those that no delivery is in."""
    return {status.value: 0 for status in DeliveryStatus} | dict(counts)


def deliveries_of(run: Run) -> Iterator[Delivery]:
    """In the order of the audience, each with its attempts; a thousand in memory at a time."""
    attempts = Prefetch("attempts", Attempt.objects.order_by("number"))
    ordered = run.deliveries.order_by("pk").prefetch_related(attempts)
    yield from ordered.iterator(chunk_size=DELIVERIES_AT_ONCE)


def holds_of_run(run: Run) -> list[Hold]:
    """All that may have held any of its deliveries."""
    return holds_over(run.broadcast_id, since=run.planned_at, until=timezone.now())


def delivery_as_json(delivery: Delivery, *, holds: Sequence[Hold]) -> dict[str, Any]:
    """`holds`: those of its run."""
    attempts = list(delivery.attempts.all())
    held = that_held(holds, delivery, attempts, now=timezone.now())
    return {
        "id": delivery.pk,
        "robot": delivery.robot_name,
        "group": delivery.group_name,
        "part": delivery.part,
        "parts": delivery.parts,
        "status": delivery.status,
        "errcode": delivery.errcode,
        "reason": delivery.reason or None,
        "reason_text": reason_text(delivery.reason) or None,
        "msg_uuid": str(delivery.msg_uuid),
        "ended_at": _iso(delivery.ended_at),
        "attempts": [_attempt_as_json(attempt) for attempt in attempts],
        "holds": [_hold_as_json(hold, delivery.run.broadcast) for hold in held],
    }


def reason_text(reason: str) -> str:
    return str(explain(reason).title) if reason else ""


def _attempt_as_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "start": _iso(attempt.started_at),
        "duration_ms": attempt.duration_ms,
        "http_status": attempt.http_status,
        "errcode": attempt.errcode,
        "reason": attempt.reason or None,
    }


def _hold_as_json(hold: Hold, broadcast: Broadcast) -> dict[str, Any]:
    return {
        "kind": hold.kind,
        "begun_at": _iso(hold.begun_at),
        "begun_by": hold.begun_by_name or None,
        "ended_at": _iso(hold.ended_at),
        "ended_by": hold.ended_by_name or None,
        "cancelled": ended_by_cancel(hold, broadcast),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
