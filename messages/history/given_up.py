"""What was given up because a robot was paused, and was not sent again since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Min

from messages.history.chosen import resendable
from messages.history.deliveries import of_reason
from messages.models import Delivery, DeliveryStatus

REASON: Final = "robot_paused"
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class GivenUp:
    count: int
    since: datetime  # when the first of them was planned
    newest: list[Delivery]  # with their broadcasts

    @property
    def more(self) -> int:
        return self.count - len(self.newest)


def given_up_for(robot_id: int) -> GivenUp | None:
    """None when there is nothing."""
    rows = resendable(Delivery.objects.filter(of_reason(REASON), robot=robot_id, status=DeliveryStatus.FAILED))
    found = rows.order_by().aggregate(count=Count("pk"), since=Min("planned_at"))
    if not found["count"]:
        return None
    newest = rows.select_related("run__broadcast").defer("run__broadcast__content").order_by("-pk")[:SHOWN]
    return GivenUp(found["count"], found["since"], list(newest))
