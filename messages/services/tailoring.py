"""One message, and what it is in each robot's group."""

from __future__ import annotations

from dataclasses import dataclass

from dingtalk.payloads import Message, Problem
from messages.rendering.message import template_of
from messages.rendering.values import RunFacts, values_of
from messages.services.variables import Clash, Variables
from robots.models import Robot


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """With `missing` or `clashes` it is not to be sent."""

    message: Message
    missing: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    used: tuple[tuple[str, str | None], ...] = ()  # the message's variables and what they are in this group


class Tailoring:
    """At most three queries, however many robots are asked for; none for a message without variables of staff."""

    def __init__(self, message: Message, *, run: RunFacts) -> None:
        self._template = template_of(message)
        self._variables = Variables(self._template.own_names)
        self._run = run

    @property
    def plain(self) -> bool:
        """Whether every group reads the same."""
        return self._template.plain

    @property
    def message(self) -> Message:
        """As it was written."""
        return self._template.message

    @property
    def places(self) -> frozenset[str]:
        """Which texts of the message have variables, in DingTalk's keys."""
        return frozenset(self._template.texts)

    def faults(self) -> tuple[Problem, ...]:
        """What is wrong with the variables, whoever reads them. Then no group has a message."""
        return self._template.faults() or self._template.unknown(self._variables.known)

    def variables_of(self, robot: Robot) -> dict[str, str]:
        """What the message uses of the robot's and its tags' variables."""
        return dict(self._variables.of(robot).values)

    def of(self, robot: Robot) -> GroupMessage:
        if self.plain:
            return GroupMessage(self.message)
        own = self._variables.of(robot)
        values = values_of(robot=robot.name, group=robot.group_name, variables=own.values, run=self._run)
        filled = self._template.filled(values)
        clashing = {clash.name for clash in own.clashes}
        missing = tuple(name for name in filled.missing if name not in clashing)
        return GroupMessage(filled.message, missing, own.clashes, self._template.shown(values))
