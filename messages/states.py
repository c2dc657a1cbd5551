"""How states are shown: a word, an icon and a tone. The templates know what a tone looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingtalk.replies import Kind
from messages.models import BroadcastStatus, DeliveryStatus


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
_CANCELLED: Final = Presentation(_("Cancelled"), "ban", "off")
_GOING_OUT: Final = Presentation(_("Going out"), "send", "busy")
_SOME_FAILED: Final = Presentation(_("Some failed"), "alert-triangle", "bad")
_SOME_UNKNOWN: Final = Presentation(_("Some unknown"), "help-hexagon", "unsure")
_ALL_DELIVERED: Final = Presentation(_("All delivered"), "circle-check", "ok")
_NOTHING_SENT: Final = Presentation(_("Nothing sent"), "ban", "off")


def delivery_state(status: str) -> Presentation:
    return DELIVERY_STATES[status]


def attempt_state(kind: str) -> Presentation:
    return _ATTEMPTS.get(kind) or Presentation(kind, "help-hexagon", "unsure")


def broadcast_state(status: str, counts: Mapping[str, int]) -> Presentation:
    """What its deliveries say, once it has fired. `counts` holds the deliveries by status."""
    if status == BroadcastStatus.SCHEDULED:
        return _SCHEDULED
    if status == BroadcastStatus.CANCELLED:
        return _CANCELLED
    if counts.get(DeliveryStatus.WAITING) or counts.get(DeliveryStatus.SENDING):
        return _GOING_OUT
    if counts.get(DeliveryStatus.UNCERTAIN):
        return _SOME_UNKNOWN
    if counts.get(DeliveryStatus.FAILED) or counts.get(DeliveryStatus.EXPIRED):
        return _SOME_FAILED
    return _ALL_DELIVERED if counts.get(DeliveryStatus.DELIVERED) else _NOTHING_SENT
