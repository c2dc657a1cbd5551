"""What a person did to stop a broadcast, and whether that has taken hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from messages.history.in_flight import InFlight, Rest, look_again_ms, rest_of, still_in_flight
from messages.history.undo import was_taken_back
from messages.models import Broadcast, BroadcastStatus


@dataclass(frozen=True, slots=True)
class Brake:
    """`seen_at`: when it was looked whether a call is still in flight. `missed`: its planned time passed meanwhile.

    `taken_back`: cancelled within the seconds in which its launch could be undone.
    """

    cancelled: bool  # else paused
    at: datetime
    by: str
    rest: Rest
    in_flight: InFlight
    seen_at: datetime
    missed: bool = False
    taken_back: bool = False

    @property
    def look_again_ms(self) -> int:
        return look_again_ms(self.rest, braked_at=self.at, now=self.seen_at)


def brake_of(broadcast: Broadcast, *, now: datetime) -> Brake | None:
    cancelled = broadcast.status == BroadcastStatus.CANCELLED
    at = broadcast.cancelled_at if cancelled else broadcast.paused_at
    if at is None:
        return None
    in_flight = still_in_flight(broadcast)
    return Brake(
        cancelled=cancelled,
        at=at,
        by=broadcast.cancelled_by_name if cancelled else broadcast.paused_by_name,
        rest=rest_of(in_flight, braked_at=at, now=now),
        in_flight=in_flight,
        seen_at=now,
        taken_back=cancelled and was_taken_back(broadcast),
        missed=not cancelled and planned_time_missed(broadcast, now=now),
    )


def planned_time_missed(broadcast: Broadcast, *, now: datetime) -> bool:
    """Its planned time passed while it was paused: resumed, it goes out at once."""
    if broadcast.next_at is None or broadcast.next_at > now:
        return False
    return not broadcast.runs.exists()  # the rest waits for its first group
