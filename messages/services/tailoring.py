"""One message, and what it is in each robot's group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dingtalk.payloads import NOBODY, At, Message, Problem
from messages.rendering.endings import Ending, ended, ending_of, with_ending
from messages.rendering.frozen import store_mentions
from messages.rendering.marks import marked
from messages.rendering.mentioning import InGroup, Person
from messages.rendering.message import MessageTemplate, template_of
from messages.rendering.values import BUILT_IN, RunFacts, Values, values_of
from messages.services.mentions import Mentions
from messages.services.overrides import Chosen, Override
from messages.services.variables import Clash, Variables
from robots.models import Robot


@dataclass(frozen=True, slots=True)
class Used:
    """A variable and what it is in a group, None without a value. `said_by`: the tag whose word it is, "" for none."""

    name: str
    value: str | None
    said_by: str = ""

    @property
    def built_in(self) -> bool:
        return self.name in BUILT_IN


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """With `missing`, `clashes` or `torn` it is not to be sent."""

    message: Message
    missing: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    torn: tuple[str, str] | None = None  # two tags that both have own words for it
    ended: bool = False  # the robot's footer or keyword was added
    used: tuple[Used, ...] = ()  # the message's variables
    at: At = NOBODY  # whom it mentions
    unable: tuple[Person, ...] = ()  # whom it would mention if they could be in this group


def demanded_ending(robot: Robot) -> Ending | None:
    """What its settings add to a text that has none of its keywords."""
    return ending_of(keywords=robot.keywords, footer=robot.footer, append_keyword=robot.append_keyword)


class Tailoring:
    """A fixed number of queries, however many robots are asked for: three for variables of staff, one for own words,
    one for people who are mentioned, three for those whose place is in the text.

    `sharing`: the robots whose groups share out more people than DingTalk mentions; None: each mentions all of them.
    """

    def __init__(
        self,
        message: Message,
        *,
        at: At,
        run: RunFacts,
        overrides: Sequence[Override] = (),
        sharing: Iterable[Robot] | None = None,
    ) -> None:
        self.overrides = overrides
        self._template = template_of(message)
        self._own = [template_of(override.of(message)) for override in overrides]
        self._chosen = Chosen(overrides)
        self._variables = Variables(frozenset().union(*(template.own_names for template in self._templates)))
        self.mentions = Mentions(at, self._templates, sharing=None if sharing is None else self._readers(sharing))
        self._run = run

    @cached_property
    def plain(self) -> bool:
        """Whether every group reads the same and mentions the same people."""
        return not self.overrides and self._template.plain and self.mentions.uniform

    @property
    def message(self) -> Message:
        """As it was written for all."""
        return self._template.message

    @property
    def own_messages(self) -> list[Message]:
        """As they were written, in the order of the overrides."""
        return [template.message for template in self._own]

    @property
    def places(self) -> frozenset[str]:
        """Which texts of the message have variables, in DingTalk's keys."""
        return frozenset(place for template in self._templates for place in template.texts)

    def faults(self) -> tuple[Problem, ...]:
        """What is wrong with the variables, whoever reads them. Then no group has a message."""
        return self._faults_of(self._template)

    def own_faults(self) -> list[tuple[Override, Problem]]:
        """The same for own words, as far as they are others."""
        common = self.faults()
        found = zip(self.overrides, map(self._faults_of, self._own), strict=True)
        return [(override, fault) for override, faults in found for fault in faults if fault not in common]

    def override_of(self, robot: Robot) -> int | None:
        """The position of its own words; None when it reads what all do."""
        return self._chosen.of(robot)

    def variables_of(self, robot: Robot) -> dict[str, str]:
        """What the message uses of the robot's and its tags' variables, and what stands for those it mentions."""
        return {**self._variables.of(robot).values, **self.mentioned_in(robot).texts}

    def own_mentions_of(self, robot: Robot) -> dict[str, list[str]] | None:
        """Whom its message mentions; None when they are all who are mentioned in any group."""
        return store_mentions(self.mentioned_in(robot).at, self.mentions.at)

    def mentioned_in(self, robot: Robot) -> InGroup:
        position = self._chosen.of(robot)
        return self.mentions.in_group(robot, 0 if position is None else position + 1)

    def ending_of(self, robot: Robot) -> Ending | None:
        """What may have to be added for the robot; a text that is the same at every run says whether it is."""
        ending = demanded_ending(robot)
        if ending is None:
            return None
        template = self.template_for(robot)
        if template.plain and with_ending(template.message, ending, at=self.mentioned_in(robot).at) is template.message:
            return None
        return ending

    def of(self, robot: Robot) -> GroupMessage:
        ending, template, torn = self.ending_of(robot), self.template_for(robot), self._chosen.clash(robot)
        here = self.mentioned_in(robot)
        if template.plain:
            message = with_ending(template.message, ending, at=here.at)
            added = message is not template.message
            return GroupMessage(message, torn=torn, ended=added, at=here.at, unable=here.unable)
        own, values = self._variables.of(robot), self.values_of_robot(robot)
        filled = template.filled(values)
        message = with_ending(filled.message, ending, at=here.at)
        clashes = tuple(clash for clash in own.clashes if clash.name in template.own_names)
        clashing = {clash.name for clash in clashes}
        return GroupMessage(
            message,
            missing=tuple(name for name in filled.missing if name not in clashing),
            clashes=clashes,
            torn=torn,
            ended=message is not filled.message,
            used=tuple(Used(name, value, own.tags.get(name, "")) for name, value in template.shown(values)),
            at=here.at,
            unable=here.unable,
        )

    def with_marks(self, robot: Robot, group: GroupMessage) -> Message:
        """The group's message with marks around what was put in: its variables by their place in `used`, and the
        ending after them.
        """
        template, ending = self.template_for(robot), self.ending_of(robot)
        message = template.message if template.plain else template.with_marks(self.values_of_robot(robot))
        return ended(message, marked(ending.text, len(group.used))) if group.ended and ending else message

    def values_of_robot(self, robot: Robot) -> Values:
        own = self.variables_of(robot)
        return values_of(robot=robot.name, group=robot.group_name, variables=own, run=self._run)

    @property
    def _templates(self) -> list[MessageTemplate]:
        return [self._template, *self._own]

    def template_for(self, robot: Robot) -> MessageTemplate:
        position = self._chosen.of(robot)
        return self._template if position is None else self._own[position]

    def _readers(self, robots: Iterable[Robot]) -> list[list[Robot]]:
        """Who reads which of the texts."""
        readers: list[list[Robot]] = [[] for _template in self._templates]
        for robot in robots:
            position = self._chosen.of(robot)
            readers[0 if position is None else position + 1].append(robot)
        return readers

    def _faults_of(self, template: MessageTemplate) -> tuple[Problem, ...]:
        unknown = (*template.unknown(self._variables.known), *self.mentions.faults_of(template))
        return template.faults() or unknown
