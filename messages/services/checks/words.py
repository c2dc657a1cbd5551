"""Whether DingTalk takes what each group would read: judged on the exact bytes, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from dingtalk.payloads import At, Message, Problem, place_mentions, problems, size_with_uuid
from dingtalk.payloads.wire import body_bytes
from messages.services.checks.findings import BLOCKER, NOTE, Finding
from messages.services.content import problem_text
from messages.services.keyword_rule import KeywordRule
from messages.services.overrides import Override, names_of
from messages.services.tailoring import GroupMessage, Tailoring
from robots.models import Robot


@dataclass(frozen=True, slots=True)
class WordCheck:
    """`general` concerns every group. `bytes`: the largest body's size; `sizes`: of each robot's, where it is known."""

    general: tuple[Finding, ...]
    by_robot: Mapping[int, Sequence[Finding]]
    bytes: int
    sizes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Verdict:
    problems: tuple[Problem, ...]
    rule: KeywordRule
    bytes: int


class _Judge:
    """Groups that read the same are judged once."""

    def __init__(self, at: At) -> None:
        self._at = at
        self._known: dict[Message, _Verdict] = {}

    def of(self, message: Message) -> _Verdict:
        if message not in self._known:
            self._known[message] = _Verdict(
                problems=problems(message, self._at),
                rule=KeywordRule(place_mentions(message, self._at)),
                bytes=size_with_uuid(body_bytes(message, self._at)),
            )
        return self._known[message]

    def most_bytes(self) -> int:
        return max(verdict.bytes for verdict in self._known.values())

    def common(self) -> tuple[Problem, ...]:
        """What is wrong with every message that was judged."""
        first, *others = self._known.values()
        return tuple(each for each in first.problems if all(each in other.problems for other in others))


def check_words(tailoring: Tailoring, *, at: At, robots: Sequence[Robot]) -> WordCheck:
    judge = _Judge(at)
    faults, own_faults = tailoring.faults(), tailoring.own_faults()
    if faults or own_faults:
        found = (*_general(faults), *_of_own_words(own_faults))
        return WordCheck(found, {}, judge.of(tailoring.message).bytes)
    if tailoring.plain or not robots:
        judge.of(tailoring.message)
    groups = {robot.pk: tailoring.of(robot) for robot in robots}
    for group in groups.values():
        judge.of(group.message)
    common = judge.common()
    by_robot = {robot.pk: [*_of_group(robot, groups[robot.pk], judge, common)] for robot in robots}
    sizes = {pk: judge.of(group.message).bytes for pk, group in groups.items()}
    return WordCheck(_general(common), by_robot, judge.most_bytes(), sizes)


def _general(found: Sequence[Problem]) -> tuple[Finding, ...]:
    return tuple(_blocker(None, problem) for problem in found)


def _of_own_words(found: Sequence[tuple[Override, Problem]]) -> Iterator[Finding]:
    names = names_of([override for override, _problem in found])
    for override, problem in found:
        found_one = _blocker(None, problem)
        yield replace(found_one, text=in_own_words(names[override], found_one.text))


def _blocker(robot: Robot | None, problem: Problem) -> Finding:
    value = str(problem.params.get("nearest", ""))
    return Finding(robot, BLOCKER, problem.code, problem_text(problem), place=problem.field, value=value)


def in_own_words(name: str, text: str) -> str:
    return _("In the words for “%(name)s”: %(text)s") % {"name": name, "text": text}


def _of_group(robot: Robot, group: GroupMessage, judge: _Judge, common: Sequence[Problem]) -> Iterator[Finding]:
    if found := [*lacks(group)]:
        yield from (Finding(robot, BLOCKER, code, text, value=text) for code, text in found)
        return
    verdict = judge.of(group.message)
    for problem in verdict.problems:
        if problem not in common:
            yield _blocker(robot, problem)
    if group.ended:
        yield Finding(robot, NOTE, "ending_added", ended_text(robot))
    if not verdict.rule.is_met(robot.keywords):
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
