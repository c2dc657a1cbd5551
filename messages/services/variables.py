"""What robots and their tags say for the variables of a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from messages.rendering.values import BUILT_IN
from robots.models import Robot, Tag


@dataclass(frozen=True, slots=True)
class Clash:
    """Two tags of one robot that give a variable different values."""

    name: str
    tags: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Own:
    """One robot's variables; a robot's own word wins over its tags'. `tags`: whose word it is, where it is a tag's."""

    values: Mapping[str, str]
    clashes: tuple[Clash, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


NOTHING = Own({})


class Variables:
    """Three queries, however many robots; none when no names are asked for."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._tags: dict[int, list[Tag]] = defaultdict(list)
        self.known = frozenset(BUILT_IN)
        if names:
            self._read()

    def of(self, robot: Robot) -> Own:
        if not self._names:
            return NOTHING
        values: dict[str, str] = {}
        clashes: list[Clash] = []
        tags: dict[str, str] = {}
        for name in self._names:
            if name in robot.variables:
                values[name] = robot.variables[name]
                continue
            said = [tag for tag in self._tags.get(robot.pk, ()) if name in tag.variables]
            if said:
                values[name], tags[name] = said[0].variables[name], said[0].name
            if other := next((tag for tag in said if tag.variables[name] != values[name]), None):
                clashes.append(Clash(name, (said[0].name, other.name)))
        return Own(values, tuple(clashes), tags)

    def _read(self) -> None:
        by_robot = Robot.objects.exclude(variables={}).order_by().values_list("variables", flat=True)
        tags = {tag.pk: tag for tag in Tag.objects.exclude(variables={}).order_by("name")}
        said = [*by_robot, *(tag.variables for tag in tags.values())]
        self.known = frozenset(BUILT_IN).union(*said)
        speaking = [pk for pk, tag in tags.items() if not tag.variables.keys().isdisjoint(self._names)]
        pairs = Robot.tags.through.objects.filter(tag__in=speaking).order_by("tag__name")
        for robot_id, tag_id in pairs.values_list("robot_id", "tag_id"):
            self._tags[robot_id].append(tags[tag_id])


def known_variables() -> Sequence[str]:
    """Every name that a message may use, those of messages themselves first."""
    own = Variables(["*"]).known.difference(BUILT_IN)
    return [*BUILT_IN, *sorted(own)]
