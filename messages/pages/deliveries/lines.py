"""A delivery as the pages tell it: its state, and why it stands there, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.utils.translation import gettext_lazy as _

from messages.history.chosen import NOT_ARRIVED, sent_again
from messages.history.waiting import Wait, why_waiting
from messages.models import Delivery, DeliveryStatus, EngineState
from messages.reasons import explain
from messages.states import Presentation, delivery_state
from robots.reasons import Explanation

TURN = Explanation(_("Waits for its turn"), _("It goes out as soon as the messages before it have."))
IN_FLIGHT = Explanation(_("The call is under way"), "")


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """`why` is None where the state says it all; `until` is set while no call may be made before it.

    `later` is the number of the delivery that sent it again.
    """

    delivery: Delivery
    state: Presentation
    why: Explanation | None
    until: datetime | None = None
    later: int | None = None

    @property
    def can_be_sent_again(self) -> bool:
        delivery = self.delivery
        retried = delivery.status == DeliveryStatus.WAITING and (delivery.calls > 0 or delivery.tries > 0)
        open_to_it = retried or delivery.status in (*NOT_ARRIVED, DeliveryStatus.UNCERTAIN)
        return open_to_it and self.later is None and not delivery.is_test

    @property
    def can_be_decided(self) -> bool:
        return self.delivery.status == DeliveryStatus.UNCERTAIN

    @property
    def can_be_chosen(self) -> bool:
        return self.can_be_sent_again or self.can_be_decided


def lines(deliveries: Iterable[Delivery], *, now: datetime, engine: EngineState | None) -> list[DeliveryLine]:
    rows = list(deliveries)
    later = sent_again(rows)
    return [line(delivery, now=now, engine=engine, later=later.get(delivery.pk)) for delivery in rows]


def selection(shown: list[DeliveryLine], *, user: AbstractBaseUser | AnonymousUser) -> dict[str, object]:
    """For a table whose rows can be chosen by those who may act on them."""
    may = isinstance(user, PermissionsMixin) and user.has_perm("broadcasts.send_broadcast")
    return {
        "lines": shown,
        "selectable": may and any(line.can_be_chosen for line in shown),
        "undecided_here": any(line.can_be_decided for line in shown),
    }


def line(delivery: Delivery, *, now: datetime, engine: EngineState | None, later: int | None = None) -> DeliveryLine:
    wait = why_waiting(delivery, now=now, engine=engine)
    return DeliveryLine(
        delivery=delivery,
        state=delivery_state(delivery.status),
        why=_why(delivery, wait),
        until=wait.until if wait else None,
        later=later,
    )


def _why(delivery: Delivery, wait: Wait | None) -> Explanation | None:
    if wait:
        return explain(wait.reason) if wait.reason else TURN
    if delivery.status == DeliveryStatus.SENDING:
        return IN_FLIGHT
    if delivery.status == DeliveryStatus.DELIVERED and delivery.errcode == 0:
        return None
    return explain(delivery.reason) if delivery.reason else None
