"""Why a delivery that waits is still waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.models import Delivery, DeliveryStatus, EngineState

# The tick comes once a second; this long without one means that nothing is sent any more.
SILENT_AFTER = timedelta(seconds=30)
PAUSED = "broadcast_paused"
PAUSED_ITSELF = "broadcast_paused_itself"
STOPPED = "sending_stopped"


@dataclass(frozen=True, slots=True)
class Wait:
    """`reason` is a reason key; "" when it only waits for its turn. `until`: no call before it."""

    reason: str = ""
    until: datetime | None = None


def why_waiting(delivery: Delivery, *, now: datetime, engine: EngineState | None) -> Wait | None:
    """None when it does not wait: for a call, or for the safe retry of an uncertain one."""
    uncertain = delivery.status == DeliveryStatus.UNCERTAIN
    if delivery.status != DeliveryStatus.WAITING and not (uncertain and delivery.due_at):
        return None
    if is_stopped(engine):
        return Wait(STOPPED)
    if delivery.run.broadcast.paused_at:
        return Wait(PAUSED if delivery.run.broadcast.paused_by_name else PAUSED_ITSELF)
    if uncertain:
        return Wait(delivery.reason, delivery.due_at)
    holds = [(delivery.reason, delivery.due_at)]
    if engine:
        holds.append((engine.hold_reason, engine.hold_until))
    if delivery.robot:
        holds.append((delivery.robot.hold_reason, delivery.robot.hold_until))
    running = [(reason, until) for reason, until in holds if until and until > now]
    return Wait(*max(running, key=lambda hold: hold[1])) if running else Wait()


def engine_state() -> EngineState | None:
    return EngineState.objects.filter(pk=1).first()


def is_stopped(engine: EngineState | None) -> bool:
    """Whether a person has stopped all sending."""
    return engine is not None and engine.stopped_at is not None


def silent_since(engine: EngineState | None, *, now: datetime) -> datetime | None:
    """The last sign of life of beat and worker when it is too old; None when they run, or never ran yet."""
    if engine is None or engine.ticked_at is None or now - engine.ticked_at < SILENT_AFTER:
        return None
    return engine.ticked_at
