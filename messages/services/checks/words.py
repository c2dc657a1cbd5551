"""Whether DingTalk takes what each group would read: judged on the exact bytes, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import gettext as _

from dingtalk.payloads import At, Message, Problem, examined, place_mentions, size_with_uuid
from messages.services.checks.findings import BLOCKER, NOTE, Finding
from messages.services.checks.parts import TOO_LONG, InParts
from messages.services.content import problem_text
from messages.services.keyword_rule import KeywordRule
from messages.services.overrides import Override, names_of
from messages.services.tailoring import GroupMessage, Tailoring
from robots.models import Robot

MOST_REMEMBERED: Final = 1000


@dataclass(frozen=True, slots=True)
class WordCheck:
    """`general` concerns every group. `bytes`: the largest body's size; `sizes`: of each robot's, where it is known.

    `parts`: how many messages a robot's group gets, where these are several.
    """

    general: tuple[Finding, ...]
    by_robot: Mapping[int, Sequence[Finding]]
    bytes: int
    sizes: Mapping[int, int] = field(default_factory=dict)
    parts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Verdict:
    problems: tuple[Problem, ...]
    too_long: Problem | None
    rule: KeywordRule
    bytes: int


class _Judge:
    """Groups that read the same are judged once, as long as there are not too many different messages to remember."""

    def __init__(self) -> None:
        self._known: dict[tuple[Message, At], _Verdict] = {}
        self._latest: tuple[Message, At, _Verdict] | None = None
        self.most_bytes = 0
        self.common: tuple[Problem, ...] | None = None  # to every message that was judged; None: none was

    def of(self, message: Message, at: At) -> _Verdict:
        # Mostly it is the very message of the group before; to look it up is to hash the whole text.
        if self._latest is None or self._latest[0] is not message or self._latest[1] is not at:
            self._latest = message, at, self._known.get((message, at)) or self._judged(message, at)
        return self._latest[2]

    def _judged(self, message: Message, at: At) -> _Verdict:
        found, body = examined(message, at)
        verdict = _Verdict(
            problems=tuple(problem for problem in found if problem.code != TOO_LONG),
            too_long=next((problem for problem in found if problem.code == TOO_LONG), None),
            rule=KeywordRule(place_mentions(message, at)),
            bytes=size_with_uuid(body),
        )
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[message, at] = verdict
        self.most_bytes = max(self.most_bytes, verdict.bytes)
        before = verdict.problems if self.common is None else self.common
        self.common = tuple(problem for problem in before if problem in verdict.problems)
        return verdict


class Words:
    """Asked robot by robot, in a memory that does not grow with their number. The whole is known in the end only."""

    def __init__(self, tailoring: Tailoring, *, at: At, split: bool = False) -> None:
        """`at`: of the message as it is written for all. `split`: what is too long may go out in parts."""
        self._tailoring = tailoring
        self._at = at
        self._judge = _Judge()
        self.parts = InParts(tailoring, allowed=split)
        self._faults = (*_general(tailoring.faults()), *_of_own_words(tailoring.own_faults()))
        if self._faults or tailoring.plain:
            self._judge.of(tailoring.message, at)

    def of(self, robot: Robot) -> list[Finding]:
        """What is wrong in its group, and what is wrong in all that were asked for up to now."""
        return self.read(robot)[0]

    def read(self, robot: Robot) -> tuple[list[Finding], int | None]:
        """As `of`, and the size of its message; None while no group has a message."""
        if self._faults:
            return [], None
        group = self._tailoring.of(robot)
        found = [*_of_group(robot, group, self._judge, self.parts)]
        return found, self._judge.of(group.message, group.at).bytes

    def general(self) -> tuple[Finding, ...]:
        """What is wrong with the message in every group that was asked for."""
        return self._faults or (*_general(self._common()), *self._too_long())

    def own(self, found: Iterable[Finding]) -> list[Finding]:
        """Of what was found in single groups that which is not wrong in all of them."""
        general = set(self.general())
        return [each for each in found if not general or replace(each, robot=None) not in general]

    def most_bytes(self) -> int:
        self._common()
        return self._judge.most_bytes

    def _too_long(self) -> tuple[Finding, ...]:
        if self.parts.asked:
            return self.parts.general()
        too_long = self._judge.of(self._tailoring.message, self._at).too_long
        return (self.parts.of_nobody(self._at, too_long),) if too_long else ()

    def _common(self) -> tuple[Problem, ...]:
        if self._judge.common is None:
            self._judge.of(self._tailoring.message, self._at)
        return self._judge.common or ()


def check_words(tailoring: Tailoring, *, at: At, robots: Sequence[Robot], split: bool = False) -> WordCheck:
    words = Words(tailoring, at=at, split=split)
    read = {robot.pk: words.read(robot) for robot in robots}
    sizes = {pk: size for pk, (_found, size) in read.items() if size is not None}
    by_robot = {pk: words.own(found) for pk, (found, _size) in read.items() if found}
    return WordCheck(words.general(), by_robot, words.most_bytes(), sizes, words.parts.counts)


def _general(found: Sequence[Problem]) -> tuple[Finding, ...]:
    return tuple(_blocker(None, problem) for problem in found)


def _of_own_words(found: Sequence[tuple[Override, Problem]]) -> Iterator[Finding]:
    names = names_of([override for override, _problem in found])
    for override, problem in found:
        found_one = _blocker(None, problem)
        yield replace(found_one, text=in_own_words(names[override], found_one.text))


def _blocker(robot: Robot | None, problem: Problem) -> Finding:
    value = f"{problem.params['name']}>{problem.params['nearest']}" if problem.params.get("nearest") else ""
    return Finding(robot, BLOCKER, problem.code, problem_text(problem), place=problem.field, value=value)


def in_own_words(name: str, text: str) -> str:
    return _("In the words for “%(name)s”: %(text)s") % {"name": name, "text": text}


def _of_group(robot: Robot, group: GroupMessage, judge: _Judge, parts: InParts) -> Iterator[Finding]:
    if found := [*lacks(group)]:
        yield from (Finding(robot, BLOCKER, code, text, value=text) for code, text in found)
        return
    verdict = judge.of(group.message, group.at)
    for problem in verdict.problems:
        yield _blocker(robot, problem)
    yield from parts.of(robot, group, verdict.too_long)
    if group.ended:
        yield Finding(robot, NOTE, "ending_added", ended_text(robot))
    if robot.keywords and not verdict.rule.is_met(robot.keywords):
        text = verdict.rule.refusal(robot.keywords)
        yield Finding(robot, BLOCKER, "keyword_missing", text, value=robot.keywords[0])


def ended_text(robot: Robot) -> str:
    if not any(word in robot.footer for word in robot.keywords):
        text = _("This group's robot asks for a keyword, and the text has none. “%(keyword)s” is added at its end.")
        return text % {"keyword": robot.keywords[0]}
    text = _(
        "This group's robot asks for a keyword, and the text has none. Its footer is added at the end: “%(footer)s”."
    )
    return text % {"footer": robot.footer}


def lacks(group: GroupMessage) -> Iterator[tuple[str, str]]:
    """Why this group has no message of its own: code and words for each reason."""
    if group.torn:
        text = _(
            "The tags “%(one)s” and “%(other)s” both have words of their own for this group. Write some for the robot"
            " itself, or take one of the two away."
        )
        yield "override_clash", text % {"one": group.torn[0], "other": group.torn[1]}
    for clash in group.clashes:
        text = _(
            "The tags “%(one)s” and “%(other)s” give {{ %(name)s }} different values. Give the robot one of its own, or"
            " take one of the tags off it."
        )
        told = {"one": clash.tags[0], "other": clash.tags[1], "name": clash.name}
        yield "variable_clash", text % told
    for name in group.missing:
        text = _(
            "{{ %(name)s }} has no value for this group. Give it one on the robot's page, or write what else to say:"
            ' {{ %(name)s|default:"…" }}.'
        )
        yield "variable_missing", text % {"name": name}
