"""What stands in the box “Send to the test group”: the robots for tests, and what became of the last press."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from messages.history.deliveries import Wanted, deliveries
from messages.history.waiting import engine_state
from messages.models import Broadcast, DeliveryStatus
from messages.pages.deliveries.lines import DeliveryLine, line
from messages.rendering.parts import MOST_PARTS
from robots.models import Robot

_UNDER_WAY = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Tried:
    """`lines`: several where it goes out in parts. `under_way`: they can still become others by themselves."""

    broadcast: Broadcast
    lines: Sequence[DeliveryLine]

    @property
    def under_way(self) -> bool:
        return any(
            line.delivery.status in _UNDER_WAY or (line.can_be_decided and line.delivery.due_at) for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """`key`: a press that comes twice brings the same one twice, and sends once."""

    robots: Sequence[Robot]
    chosen: int | None = None
    refused: str = ""
    tried: Tried | None = None
    key: uuid.UUID = field(default_factory=uuid.uuid4)


def trial_of(*, chosen: int | None = None, refused: str = "", tried: Broadcast | None = None) -> Trial:
    robots = Robot.objects.filter(for_tests=True).only("name", "group_name").order_by("name")
    return Trial(list(robots), chosen, refused, tried_of(tried) if tried else None)


def tried_of(broadcast: Broadcast) -> Tried:
    now, engine = timezone.now(), engine_state()
    rows = deliveries(Wanted(broadcast=broadcast.pk)).order_by("part")[:MOST_PARTS]
    return Tried(broadcast, [line(row, now=now, engine=engine) for row in rows])
