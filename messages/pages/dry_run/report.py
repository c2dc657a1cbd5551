"""The dry run as the page tells it: what was found, whom it concerns, and a row for each robot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from messages.services.checks import Finding
from messages.services.checks.findings import BLOCKER, NOTE, WARNING
from messages.services.checks.parts import TOO_LONG
from messages.services.checks.topics import Topic, topic_of
from messages.services.mending import mend_of, mended
from messages.services.snapshots import Snapshot
from robots.models import Robot

LEVELS: Final = (BLOCKER, WARNING, NOTE)
NAMED: Final = 8  # robots that a group names, before it counts the rest
GROUPS_SHOWN: Final = 30  # of each level; the rows tell the rest


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that was found, with the robots that it concerns; none when it concerns the message.

    `mend`: what one press does to the draft; "" for nothing. `rows_url`: the table's rows of them.
    """

    level: str
    code: str
    key: str
    value: str
    text: str
    topic: Topic
    robots: Sequence[Robot]
    mend: str
    rows_url: str

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


@dataclass(frozen=True, slots=True)
class Count:
    """How many robots' rows have findings of a topic, by the worst of them; `general`: worst about the message."""

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


def counts_of(findings: Sequence[Finding]) -> list[Count]:
    general = general_levels(findings)
    rows = {(topic, level): set[int]() for topic in Topic for level in LEVELS}
    for finding in findings:
        if finding.robot:
            rows[topic_of(finding), finding.level].add(finding.robot.pk)
    return [
        Count(
            topic,
            general.get(topic, ""),
            blocked=len(rows[topic, BLOCKER]),
            warned=len(rows[topic, WARNING]),
            noted=len(rows[topic, NOTE]),
        )
        for topic in Topic
    ]


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
    return min(one, other, key=lambda level: LEVELS.index(level) if level in LEVELS else len(LEVELS))


def _group(found: Sequence[Finding], snapshot: Snapshot) -> Group:
    first = found[0]
    topic = topic_of(first)
    return Group(
        level=first.level,
        code=first.code,
        key=first.key,
        value=first.value,
        text=first.text,
        topic=topic,
        robots=[finding.robot for finding in found if finding.robot],
        mend=mend_of(first) if mended(snapshot, first) != snapshot else "",
        rows_url=f"?{urlencode({'level': first.level, 'check': topic.value})}#rows",
    )
