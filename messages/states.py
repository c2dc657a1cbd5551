"""How states are shown: a word, an icon and a tone. The templates know what a tone looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from dingtalk.replies import Kind
from messages.models import Broadcast, BroadcastStatus, DeliveryStatus, FirstGroup, FirstState


@dataclass(frozen=True, slots=True)
class Presentation:
    label: str | Promise
    icon: str
    tone: str  # ok busy wait bad unsure off


DELIVERY_STATES: Final[Mapping[str, Presentation]] = {
    DeliveryStatus.WAITING: Presentation(_("Waiting"), "clock", "wait"),
    DeliveryStatus.SENDING: Presentation(_("Sending"), "send", "busy"),
    DeliveryStatus.DELIVERED: Presentation(_("Delivered"), "circle-check", "ok"),
    DeliveryStatus.FAILED: Presentation(_("Failed"), "circle-x", "bad"),
    DeliveryStatus.UNCERTAIN: Presentation(_("Unknown"), "help-hexagon", "unsure"),
    DeliveryStatus.CANCELLED: Presentation(_("Cancelled"), "ban", "off"),
    DeliveryStatus.EXPIRED: Presentation(_("Expired"), "hourglass", "off"),
}
_ATTEMPTS: Final[Mapping[str, Presentation]] = {
    Kind.DELIVERED: Presentation(_("Accepted"), "circle-check", "ok"),
    Kind.THROTTLED: Presentation(_("Throttled"), "hourglass", "wait"),
    Kind.REFUSED_CONTENT: Presentation(_("Message refused"), "circle-x", "bad"),
    Kind.REFUSED_ROBOT: Presentation(_("Robot refused"), "circle-x", "bad"),
    Kind.QUOTA: Presentation(_("Quota used up"), "gauge", "bad"),
    Kind.TRANSIENT: Presentation(_("DingTalk's error"), "alert-triangle", "unsure"),
    Kind.UNREACHABLE: Presentation(_("Not reached"), "wifi-off", "bad"),
    Kind.UNCERTAIN: Presentation(_("Unknown"), "help-hexagon", "unsure"),
}
_SCHEDULED: Final = Presentation(_("Scheduled"), "calendar", "wait")
REST_WAITS: Final = Presentation(_("First group sent, the rest waits"), "hourglass", "wait")
_REPEATS: Final = Presentation(_("Repeats"), "refresh", "wait")
_AT_REST: Final[Mapping[str, Presentation]] = {
    BroadcastStatus.MISSED: Presentation(_("Not sent: too late"), "calendar-off", "bad"),
    BroadcastStatus.HALTED: Presentation(_("Stopped: calendar unknown"), "calendar-off", "bad"),
}
_CANCELLED: Final = Presentation(_("Cancelled"), "ban", "off")
_GOING_OUT: Final = Presentation(_("Going out"), "send", "busy")
_PAUSED: Final = Presentation(_("Paused"), "player-pause", "unsure")
_STOPPED: Final = Presentation(_("Stopped"), "player-stop", "bad")
_ALL_DELIVERED: Final = Presentation(_("All delivered"), "circle-check", "ok")
_NOTHING_SENT: Final = Presentation(_("Nothing sent"), "ban", "off")

_SHORTCOMINGS: Final[Mapping[str, str]] = {
    DeliveryStatus.FAILED: gettext_noop("%(count)s failed"),
    DeliveryStatus.UNCERTAIN: gettext_noop("%(count)s unknown"),
    DeliveryStatus.EXPIRED: gettext_noop("%(count)s expired"),
    DeliveryStatus.CANCELLED: gettext_noop("%(count)s cancelled"),
}


def delivery_state(status: str) -> Presentation:
    return DELIVERY_STATES[status]


def attempt_state(kind: str) -> Presentation:
    return _ATTEMPTS.get(kind) or Presentation(kind, "help-hexagon", "unsure")


def broadcast_state(
    broadcast: Broadcast, counts: Mapping[str, int], *, first: FirstGroup | None = None, stopped: bool = False
) -> Presentation:
    """What its deliveries say, once it has fired. `counts`: deliveries by status. `stopped`: all sending is."""
    if broadcast.status == BroadcastStatus.CANCELLED:
        return _CANCELLED
    scheduled = broadcast.status == BroadcastStatus.SCHEDULED
    calls = counts.get(DeliveryStatus.WAITING) or counts.get(DeliveryStatus.SENDING)
    if not calls and not broadcast.paused_at and (resting := _between_runs(broadcast)):
        return resting
    if scheduled or calls:
        return _under_way(broadcast, first=first.state if scheduled and first else "", stopped=stopped)
    if not any(counts.values()):
        return _NOTHING_SENT
    return _finished(counts)


def _under_way(broadcast: Broadcast, *, first: str, stopped: bool) -> Presentation:
    """`first`: where its first group stands, while it is to fire yet."""
    if broadcast.paused_at:
        return _PAUSED
    if first == FirstState.OUT:
        return REST_WAITS
    if broadcast.status == BroadcastStatus.SCHEDULED and not broadcast.recurs and first != FirstState.REST:
        return _SCHEDULED
    return _STOPPED if stopped else _GOING_OUT


def _between_runs(broadcast: Broadcast) -> Presentation | None:
    """Of what recurs, and of what did not go out at its time."""
    if broadcast.status == BroadcastStatus.SCHEDULED:
        return _REPEATS if broadcast.recurs else None
    return _AT_REST.get(broadcast.status)


def _finished(counts: Mapping[str, int]) -> Presentation:
    """With how many failed, expired or are unknown: it is no success while one delivery is not."""
    parts = [gettext(text) % {"count": counts[status]} for status, text in _SHORTCOMINGS.items() if counts.get(status)]
    if not parts:
        return _ALL_DELIVERED
    label = gettext("Finished: %(parts)s") % {"parts": gettext(", ").join(parts)}
    if counts.get(DeliveryStatus.UNCERTAIN):
        return Presentation(label, "help-hexagon", "unsure")
    return Presentation(label, "alert-triangle", "bad")
