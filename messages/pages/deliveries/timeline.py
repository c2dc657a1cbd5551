"""All that happened to a delivery, in the order in which it happened: calls, what held it, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from audit.words import name_in_words
from messages.history.holds import holds_of
from messages.models import Attempt, BroadcastStatus, Delivery, DeliveryStatus
from messages.pages.deliveries.holds import hold_line
from messages.reasons import explain
from messages.states import Presentation, attempt_state
from robots.reasons import Explanation


@dataclass(frozen=True, slots=True)
class AttemptLine:
    attempt: Attempt
    result: Presentation
    why: Explanation


@dataclass(frozen=True, slots=True)
class Event:
    """A call, else something in words. `moment`: told beside the words where they tell no time of their own."""

    at: datetime
    call: AttemptLine | None = None
    icon: str = ""
    title: str = ""
    text: str = ""
    moment: datetime | None = None


def timeline_of(delivery: Delivery, *, now: datetime) -> list[Event]:
    """Two queries."""
    attempts = list(delivery.attempts.order_by("number"))
    calls = [Event(each.started_at, call=_attempt(each)) for each in attempts]
    return sorted([*calls, *_holds(delivery, attempts, now=now), *_ends(delivery)], key=lambda event: event.at)


def _attempt(attempt: Attempt) -> AttemptLine:
    return AttemptLine(attempt, attempt_state(attempt.kind), explain(attempt.reason))


def _holds(delivery: Delivery, attempts: list[Attempt], *, now: datetime) -> Iterator[Event]:
    for hold in holds_of(delivery, attempts, now=now):
        line = hold_line(hold, delivery.run.broadcast)
        yield Event(hold.begun_at, icon=line.icon, title=line.when, text=line.how)


def _ends(delivery: Delivery) -> Iterator[Event]:
    """Who cancelled it and when; until when it was useful. A later decision has its place in the audit log."""
    broadcast = delivery.run.broadcast
    undecided = delivery.status == DeliveryStatus.UNCERTAIN and broadcast.status == BroadcastStatus.CANCELLED
    cancelled = delivery.status == DeliveryStatus.CANCELLED and delivery.reason == "cancelled"
    if broadcast.cancelled_at and (cancelled or undecided):
        title = _("Cancelled by %(who)s") % {"who": name_in_words(broadcast.cancelled_by_name)}
        yield Event(broadcast.cancelled_at, icon="ban", title=title, moment=broadcast.cancelled_at)
    if delivery.status == DeliveryStatus.EXPIRED and delivery.useful_until:
        title, told = _("It was of use until then, and had not gone out"), delivery.useful_until
        yield Event(told, icon="hourglass", title=title, moment=told)
