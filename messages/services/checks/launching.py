"""What is looked at before every launch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from django.conf import settings
from django.utils import timezone

from dingtalk.payloads import At, Message
from messages.rendering.values import RunFacts
from messages.services.checks.audience import of_audience
from messages.services.checks.findings import Check, Finding
from messages.services.checks.installation import of_installation
from messages.services.checks.mentions import of_mentioned, of_mentions
from messages.services.checks.organisations import of_budgets, of_exhausted
from messages.services.checks.parts import InParts
from messages.services.checks.robots import of_robots
from messages.services.checks.scene import Scene, empty_scene, groups_of, messages_of
from messages.services.checks.words import WordCheck, Words
from messages.services.overrides import Override
from messages.services.tailoring import Tailoring
from robots.models import Robot

ROBOTS_AT_ONCE: Final = 2000


def check_launch(
    *,
    message: Message,
    at: At,
    robots: Iterable[Robot],
    planned_at: datetime | None = None,
    zone: str | None = None,
    urgent: bool = False,
    overrides: Sequence[Override] = (),
    split: bool = False,
) -> Check:
    """Holds and quotas are judged at `planned_at` (None: now), and dates written so, in `zone` (None: the default).

    `split`: what is too long may go out in parts. A fixed number of queries, however many robots; three more for
    variables.
    """
    when = planned_at or timezone.now()
    tailoring = tailoring_of(message, at=at, planned_at=when, zone=zone, overrides=overrides)
    check, rest = LaunchCheck(tailoring, at=at, when=when, urgent=urgent, split=split), iter(robots)
    while some := list(islice(rest, ROBOTS_AT_ONCE)):
        check.look_at(some)
    return check.made()


class LaunchCheck:
    """The same for an audience that is read bit by bit: of the robots only those stay in memory of which something is
    found.
    """

    def __init__(self, tailoring: Tailoring, *, at: At, when: datetime, urgent: bool, split: bool = False) -> None:
        self._scene = empty_scene(tailoring, at=at, when=when, urgent=urgent)
        self._words = Words(tailoring, at=at, split=split)
        self._groups: Counter[int] = Counter()
        self._messages: Counter[int] = Counter()
        self._found: list[Finding] = []

    @property
    def parts(self) -> InParts:
        return self._words.parts

    def look_at(self, robots: Sequence[Robot]) -> None:
        words = {robot.pk: found for robot in robots if (found := self._words.of(robot))}
        scene = replace(self._scene, robots=robots)
        self._found += [*of_robots(scene, words), *of_mentioned(self._scene.tailoring, robots)]
        self._groups.update(groups_of(robots))
        self._messages.update(messages_of(robots, self.parts.counts))

    def made(self) -> Check:
        scene, words = self._scene.of_counted(self._groups, self._messages), self._words
        general = _general(scene, words.general())
        return Check(findings=(*general, *words.own(self._found)), bytes=words.most_bytes())


def checked(scene: Scene, words: WordCheck) -> Check:
    findings = (
        *_general(scene, words.general),
        *of_robots(scene, words.by_robot),
        *of_mentioned(scene.tailoring, scene.robots),
    )
    return Check(findings=findings, bytes=words.bytes)


def _general(scene: Scene, words: Iterable[Finding]) -> Iterator[Finding]:
    """What concerns no single robot."""
    yield from words
    yield from of_mentions(scene.tailoring, groups=scene.groups.total())
    yield from of_audience(scene)
    yield from of_installation(scene)
    yield from of_exhausted(scene)
    yield from of_budgets(scene)


def tailoring_of(
    message: Message,
    *,
    at: At,
    planned_at: datetime | None = None,
    zone: str | None = None,
    overrides: Sequence[Override] = (),
    sharing: Iterable[Robot] | None = None,
) -> Tailoring:
    """As the first run would be; `planned_at` and `zone` as for check_launch, `sharing` as for Tailoring."""
    run = RunFacts(planned_at or timezone.now(), zone or settings.TIME_ZONE)
    return Tailoring(message, at=at, run=run, overrides=overrides, sharing=sharing)
