"""A delivery as the pages tell it: its state, and why it stands there, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from messages.history.waiting import Wait, why_waiting
from messages.models import Delivery, DeliveryStatus, EngineState
from messages.reasons import explain
from messages.states import Presentation, delivery_state
from robots.reasons import Explanation

TURN = Explanation(_("Waits for its turn"), _("It goes out as soon as the messages before it have."))
IN_FLIGHT = Explanation(_("The call is under way"), "")


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """`why` is None where the state says it all; `until` is set while no call may be made before it."""

    delivery: Delivery
    state: Presentation
    why: Explanation | None
    until: datetime | None = None


def lines(deliveries: Iterable[Delivery], *, now: datetime, engine: EngineState | None) -> list[DeliveryLine]:
    return [line(delivery, now=now, engine=engine) for delivery in deliveries]


def line(delivery: Delivery, *, now: datetime, engine: EngineState | None) -> DeliveryLine:
    wait = why_waiting(delivery, now=now, engine=engine)
    return DeliveryLine(
        delivery=delivery,
        state=delivery_state(delivery.status),
        why=_why(delivery, wait),
        until=wait.until if wait else None,
    )


def _why(delivery: Delivery, wait: Wait | None) -> Explanation | None:
    if wait:
        return explain(wait.reason) if wait.reason else TURN
    if delivery.status == DeliveryStatus.SENDING:
        return IN_FLIGHT
    if delivery.status == DeliveryStatus.DELIVERED and delivery.errcode == 0:
        return None
    return explain(delivery.reason) if delivery.reason else None
