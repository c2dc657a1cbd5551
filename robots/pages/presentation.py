"""How robots and their states are told on pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dingtalk.replies import Kind
from robots.models import PauseReason, Robot, RobotStatus
from robots.reasons import Explanation, explain
from robots.rules.ip_ranges import covers


@dataclass(frozen=True, slots=True)
class State:
    """A badge: the template knows what each tone looks like."""

    label: str | Promise
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class RobotState:
    """`why` is None where the badge says it all; `until` is when the state ends by itself."""

    badge: State
    why: Explanation | None = None
    until: datetime | None = None


ACTIVE = RobotState(State(gettext_lazy("Active"), "circle-check", "ok"))
_PAUSED_BY_PERSON = State(gettext_lazy("Paused"), "player-pause", "off")
_PAUSED_BY_REPLY = State(gettext_lazy("Paused"), "alert-circle", "bad")
_SIMULATOR_OFF = State(gettext_lazy("Simulator off"), "plug-connected-x", "off")
_QUOTA = State(gettext_lazy("Quota used up"), "gauge", "bad")
_WAITING = State(gettext_lazy("Waiting"), "hourglass", "wait")

_RESULTS = {
    Kind.DELIVERED: State(gettext_lazy("Delivered"), "circle-check", "ok"),
    Kind.THROTTLED: State(gettext_lazy("Throttled"), "hourglass", "wait"),
    Kind.REFUSED_CONTENT: State(gettext_lazy("Message refused"), "circle-x", "bad"),
    Kind.REFUSED_ROBOT: State(gettext_lazy("Robot refused"), "circle-x", "bad"),
    Kind.QUOTA: _QUOTA,
    Kind.TRANSIENT: State(gettext_lazy("DingTalk's error"), "alert-triangle", "unsure"),
    Kind.UNREACHABLE: State(gettext_lazy("Not reached"), "wifi-off", "bad"),
    Kind.UNCERTAIN: State(gettext_lazy("Unknown"), "help-hexagon", "unsure"),
}
_ODD_RESULT = State(gettext_lazy("Unknown"), "help-hexagon", "unsure")


def robot_state(robot: Robot, *, now: datetime) -> RobotState:
    """The first thing that keeps a message from going out to it; ACTIVE when nothing does."""
    if robot.organisation.simulated and not settings.DINGADMIN_SIMULATOR:
        return RobotState(_SIMULATOR_OFF, explain("simulator_off"))
    if robot.status == RobotStatus.PAUSED:
        by_person = robot.paused_reason == PauseReason.BY_PERSON
        return RobotState(_PAUSED_BY_PERSON if by_person else _PAUSED_BY_REPLY, explain(robot.paused_reason))
    quota_until = robot.organisation.quota_exhausted_until
    if quota_until and quota_until > now:
        return RobotState(_QUOTA, explain("quota_exhausted"), quota_until)
    if robot.hold_until and robot.hold_until > now:
        return RobotState(_WAITING, explain(robot.hold_reason), robot.hold_until)
    return ACTIVE


def last_result(robot: Robot) -> State | None:
    """None before the first call."""
    if not robot.last_kind:
        return None
    return _RESULTS[Kind(robot.last_kind)] if robot.last_kind in set(Kind) else _ODD_RESULT


def security_modes(robot: Robot) -> list[str]:
    """The modes that are noted here, shortly; empty when none is."""
    modes = [_("Signature")] if robot.has_secret else []
    if robot.keywords:
        modes.append(_("Keywords: %(words)s") % {"words": _(", ").join(robot.keywords)})
    if robot.ip_ranges:
        modes.append(_("IP ranges"))
    return modes


def lacks_our_address(robot: Robot) -> bool:
    """Whether DingTalk is bound to refuse us: ranges are noted, our address is known, and none of them holds it."""
    return bool(robot.ip_ranges and settings.EGRESS_IP) and not covers(robot.ip_ranges, settings.EGRESS_IP)
