"""One message, and what it is in each robot's group."""

from __future__ import annotations

from dataclasses import dataclass

from dingtalk.payloads import At, Message, Problem
from messages.rendering.endings import Ending, ending_of, with_ending
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
    ended: bool = False  # the robot's footer or keyword was added
    used: tuple[tuple[str, str | None], ...] = ()  # the message's variables and what they are in this group


class Tailoring:
    """At most three queries, however many robots are asked for; none for a message without variables of staff."""

    def __init__(self, message: Message, *, at: At, run: RunFacts) -> None:
        self._template = template_of(message)
        self._variables = Variables(self._template.own_names)
        self._at = at
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

    def ending_of(self, robot: Robot) -> Ending | None:
        """What may have to be added for the robot; a text that is the same at every run says whether it is."""
        ending = ending_of(keywords=robot.keywords, footer=robot.footer, append_keyword=robot.append_keyword)
        if self.plain and with_ending(self.message, ending, at=self._at) is self.message:
            return None
        return ending

    def of(self, robot: Robot) -> GroupMessage:
        ending = self.ending_of(robot)
        if self.plain:
            message = with_ending(self.message, ending, at=self._at)
            return GroupMessage(message, ended=message is not self.message)
        own = self._variables.of(robot)
        values = values_of(robot=robot.name, group=robot.group_name, variables=own.values, run=self._run)
        filled = self._template.filled(values)
        message = with_ending(filled.message, ending, at=self._at)
        clashing = {clash.name for clash in own.clashes}
        return GroupMessage(
            message,
            missing=tuple(name for name in filled.missing if name not in clashing),
            clashes=own.clashes,
            ended=message is not filled.message,
            used=self._template.shown(values),
        )
