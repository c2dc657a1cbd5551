"""What the pages show of a group's and a call's state: a word, an icon and a tone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from simulator.models import FaultKind, Group, GroupState, LoggedCall


@dataclass(frozen=True, slots=True)
class State:
    label: str | Promise
    icon: str
    tone: str


_GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    GroupState.OK: ("circle-check", "ok"),
    GroupState.STOPPED: ("player-pause", "off"),
    GroupState.REMOVED: ("ban", "bad"),
    GroupState.DISSOLVED: ("circle-x", "bad"),
}


def group_state(group: Group) -> State:
    return State(GroupState(group.state).label, *_GROUPS[group.state])


def call_state(call: LoggedCall) -> State:
    if call.errcode is None:
        return State(_("No verdict"), "bolt", "unsure")
    if call.errcode == 0:
        return State(_("Accepted"), "circle-check", "ok")
    return State(str(call.errcode), "circle-x", "bad")


def fault_label(call: LoggedCall) -> str | Promise:
    return FaultKind(call.fault).label if call.fault in FaultKind.values else call.fault
