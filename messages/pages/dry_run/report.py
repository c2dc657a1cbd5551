"""The dry run as the page tells it: what was found, whom it concerns, and how every group does."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from messages.services.checks import Finding
from messages.services.checks.findings import BLOCKER, NOTE, WARNING
from messages.services.checks.parts import TOO_LONG
from messages.services.checks.topics import Topic, topic_of
from messages.services.mending import mend_of, mended
from messages.services.snapshots import Snapshot
from robots.models import Robot

LEVELS: Final = (BLOCKER, WARNING, NOTE)
_RANKS: Final = {level: rank for rank, level in enumerate(LEVELS)}
NAMED: Final = 8  # robots that a group names, before it counts the rest
GROUPS_SHOWN: Final = 30  # of each level; the rows tell the rest


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that was found, with the robots that it concerns; none when it concerns the message.

    `mend`: what one press does to the draft; "" for nothing. `name`: of the table's rows of them, in addresses.
    """

    level: str
    code: str
    key: str
    value: str
    text: str
    topic: Topic
    robots: Sequence[Robot]
    mend: str
    name: str

    @property
    def named(self) -> Sequence[Robot]:
        return self.robots[:NAMED]

    @property
    def parts(self) -> int:
        """In how many of them it could go out that is too long for one; 0 where it could not."""
        return int(self.value) if self.code == TOO_LONG and self.value.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Level:
    """`hidden`: how many further groups are not drawn."""

    level: str
    groups: Sequence[Group]
    hidden: int

    @property
    def robots(self) -> bool:
        """Whether any of it is gone when groups are left out."""
        return any(group.robots for group in self.groups)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one group does by topic: the worst that was found about it or about the message. `own`: about it alone."""

    robot: Robot
    levels: Mapping[Topic, str]
    worst: str
    own: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Count:
    """How many groups do how in a topic; `general`: worst that was found about the message."""

    topic: Topic
    general: str
    blocked: int
    warned: int
    noted: int

    @property
    def worst(self) -> str:
        own = BLOCKER if self.blocked else WARNING if self.warned else NOTE if self.noted else ""
        return worse(self.general, own)


def levels_of(findings: Iterable[Finding], snapshot: Snapshot) -> list[Level]:
    by_key: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        by_key.setdefault((finding.level, finding.code, finding.key), []).append(finding)
    return [
        Level(level, [_group(found, snapshot) for found in shown[:GROUPS_SHOWN]], max(0, len(shown) - GROUPS_SHOWN))
        for level in LEVELS
        if (shown := [found for key, found in by_key.items() if key[0] == level])
    ]


def readings_of(findings: Sequence[Finding], robots: Iterable[Robot]) -> list[Reading]:
    """What every number and every row of the page is drawn from."""
    general, own = general_levels(findings), by_robot(findings)
    worst = _worst(general.values())
    return [
        _reading(robot, own[robot.pk], general) if robot.pk in own else Reading(robot, general, worst, ())
        for robot in robots
    ]


def counts_of(findings: Iterable[Finding], readings: Iterable[Reading]) -> list[Count]:
    general = general_levels(findings)
    counted = Counter((topic, level) for reading in readings for topic, level in reading.levels.items())
    return [
        Count(
            topic,
            general.get(topic, ""),
            blocked=counted[topic, BLOCKER],
            warned=counted[topic, WARNING],
            noted=counted[topic, NOTE],
        )
        for topic in Topic
    ]


def summary_of(readings: Sequence[Reading]) -> dict[str, int]:
    worst = Counter(reading.worst for reading in readings)
    return {
        "groups": len(readings),
        "blocked": worst[BLOCKER],
        "warned": worst[WARNING],
        "fine": worst[NOTE] + worst[""],
    }


def general_levels(findings: Iterable[Finding]) -> Mapping[Topic, str]:
    """The worst that was found about the message, for each topic."""
    found: dict[Topic, str] = {}
    for finding in findings:
        if not finding.robot:
            topic = topic_of(finding)
            found[topic] = worse(found.get(topic, ""), finding.level)
    return found


def by_robot(findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.robot:
            found.setdefault(finding.robot.pk, []).append(finding)
    return found


def worse(one: str, other: str) -> str:
    """ "" is the best."""
    return one if _RANKS.get(one, len(LEVELS)) <= _RANKS.get(other, len(LEVELS)) else other


def name_of(finding: Finding) -> str:
    """The same for all that are mended together."""
    told = "\n".join((finding.level, finding.code, finding.key))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _reading(robot: Robot, own: Sequence[Finding], general: Mapping[Topic, str]) -> Reading:
    levels = dict(general)
    for finding in own:
        topic = topic_of(finding)
        levels[topic] = worse(levels.get(topic, ""), finding.level)
    return Reading(robot, levels, _worst(levels.values()), own)


def _worst(levels: Iterable[str]) -> str:
    return reduce(worse, levels, "")


def _group(found: Sequence[Finding], snapshot: Snapshot) -> Group:
    first = found[0]
    return Group(
        level=first.level,
        code=first.code,
        key=first.key,
        value=first.value,
        text=first.text,
        topic=topic_of(first),
        robots=[finding.robot for finding in found if finding.robot],
        mend=mend_of(first) if mended(snapshot, first) != snapshot else "",
        name=name_of(first),
    )
