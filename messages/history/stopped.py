"""All sending is stopped: since when, by whom, and whether it has come to rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from messages.history.in_flight import InFlight, Rest, all_in_flight, look_again_ms, rest_of
from messages.models import Delivery, DeliveryStatus, EngineState


@dataclass(frozen=True, slots=True)
class Stop:
    at: datetime
    by: str
    rest: Rest
    in_flight: InFlight
    seen_at: datetime

    @property
    def look_again_ms(self) -> int:
        return look_again_ms(self.rest, braked_at=self.at, now=self.seen_at)


def stop_of_all(now: datetime) -> Stop | None:
    """None while sending is not stopped: one query by the primary key, for every page asks."""
    state = EngineState.objects.filter(pk=1).first()
    if state is None or state.stopped_at is None:
        return None
    in_flight = all_in_flight()
    rest = rest_of(in_flight, braked_at=state.stopped_at, now=now)
    return Stop(at=state.stopped_at, by=state.stopped_by_name, rest=rest, in_flight=in_flight, seen_at=now)


def waiting_count() -> int:
    """Deliveries that would go out, were nothing stopped; without those of broadcasts that are paused."""
    return Delivery.objects.filter(status=DeliveryStatus.WAITING).not_paused().count()
