"""Which body each target of a run gets: one for all, or what is rendered for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final, NamedTuple, TypeAlias

from dingtalk.payloads import At, Message, PayloadError, ProblemCode, build
from dingtalk.replies import ReasonKey
from messages.engine.bodies import body_of, store_bodies, store_body
from messages.models import Broadcast, FirstGroup, Run
from messages.rendering.contents import message_of
from messages.rendering.endings import Ending, with_ending
from messages.rendering.frozen import stored_ending, stored_mentions
from messages.rendering.message import Filled, template_of
from messages.rendering.parts import outgoing
from messages.rendering.values import RunFacts, values_of

REFUSED: Final = "content_refused"
VARIABLE_MISSING: Final = "variable_missing"


class TargetRow(NamedTuple):
    """What is read of a target; the last ones only where groups read different words."""

    robot_id: int | None
    robot_name: str
    group_name: str
    variables: Mapping[str, str] = {}
    override: int | None = None
    ending: Mapping[str, Any] | None = None
    mentions: Mapping[str, Sequence[str]] | None = None


_COLUMNS: Final = TargetRow._fields


@dataclass(frozen=True, slots=True)
class Worded:
    """`refused`: the reason why the target does not get it, "" when it does."""

    body_id: int
    refused: str = ""
    part: int = 1
    parts: int = 1


# Of each target its body, or its parts one after the other.
Wording: TypeAlias = Callable[[Sequence[TargetRow]], Iterable[tuple[TargetRow, Worded]]]


def columns_for(broadcast: Broadcast) -> Sequence[str]:
    """What to read of its targets, in the order of TargetRow."""
    return _COLUMNS if broadcast.tailored else _COLUMNS[:3]


def wording_of(run: Run) -> Wording:
    """For a broadcast without variables one body, whatever the number of targets."""
    broadcast = run.broadcast
    if broadcast.split:
        return _Tailor(run).in_parts if broadcast.tailored else _parts_for_all(broadcast)
    if broadcast.tailored:
        return _Tailor(run).worded
    worded = _for_all(broadcast)
    return lambda targets: zip(targets, repeat(worded), strict=False)


def _for_all(broadcast: Broadcast) -> Worded:
    """What DingTalk would refuse fails openly: it must not stop the others."""
    try:
        return Worded(body_of(broadcast).pk)
    except PayloadError as error:
        return _refused(_reason(error), broadcast)


def _parts_for_all(broadcast: Broadcast) -> Wording:
    try:
        message = message_of(broadcast.msgtype, broadcast.content)
        worded = _in_parts(_contents(message, at=broadcast.at, ending=None))
    except PayloadError as error:
        worded = [_refused(_reason(error), broadcast)]
    return lambda targets: ((target, each) for target in targets for each in worded)


class _Tailor:
    """Renders what the launch froze; only the run's time and number are of now."""

    def __init__(self, run: Run) -> None:
        self._broadcast = run.broadcast
        msgtype, content = run.broadcast.msgtype, run.broadcast.content
        self._template = template_of(message_of(msgtype, content))
        self._own = [template_of(message_of(msgtype, own)) for own in run.broadcast.overrides]
        self._at = run.broadcast.at
        told = _with_first_group(run)
        number = run.broadcast.runs.filter(resend_of=None, pk__lte=told.pk).count()
        self._run = RunFacts(planned_at=told.planned_at, zone=run.broadcast.zone, number=number)

    def worded(self, targets: Sequence[TargetRow]) -> Iterable[tuple[TargetRow, Worded]]:
        contents = [self._content(target) for target in targets]
        refused = [content if isinstance(content, str) else "" for content in contents]
        ids = store_bodies([_as_written(self._broadcast) if isinstance(each, str) else each for each in contents])
        return zip(targets, map(Worded, ids, refused), strict=True)

    def in_parts(self, targets: Sequence[TargetRow]) -> Iterator[tuple[TargetRow, Worded]]:
        for target in targets:
            contents = self._contents(target)
            if isinstance(contents, str):
                yield target, _refused(contents, self._broadcast)
            else:
                yield from zip(repeat(target), _in_parts(contents), strict=False)

    def _content(self, target: TargetRow) -> bytes | str:
        """Or the reason why DingTalk would take none. The launch saw to it; but a run's time may be longer."""
        filled, at = self._filled(target), stored_mentions(target.mentions, self._at)
        try:
            message = with_ending(filled.message, stored_ending(target.ending), at=at)
            return VARIABLE_MISSING if filled.missing else build(message, at)
        except PayloadError as error:
            return _reason(error)

    def _contents(self, target: TargetRow) -> list[bytes] | str:
        """Of each part; or the reason as _content gives it."""
        filled, at = self._filled(target), stored_mentions(target.mentions, self._at)
        try:
            return (
                VARIABLE_MISSING
                if filled.missing
                else _contents(filled.message, at=at, ending=stored_ending(target.ending))
            )
        except PayloadError as error:
            return _reason(error)

    def _filled(self, target: TargetRow) -> Filled:
        values = values_of(robot=target.robot_name, group=target.group_name, variables=target.variables, run=self._run)
        template = self._template if target.override is None else self._own[target.override]
        return template.filled(values)


def _with_first_group(run: Run) -> Run:
    """The rest reads the date, the time and the number that the first group read."""
    if not FirstGroup.objects.filter(broadcast=run.broadcast).exists():
        return run
    return run.broadcast.runs.filter(resend_of=None).order_by("pk").first() or run


def _contents(message: Message, *, at: At, ending: Ending | None) -> list[bytes]:
    """Raises PayloadError."""
    return [build(part.message, part.at) for part in outgoing(message, at=at, ending=ending)]


def _reason(error: PayloadError) -> str:
    codes = {problem.code for problem in error.problems}
    return ReasonKey.TOO_LONG.value if codes == {ProblemCode.TOO_LONG} else REFUSED


def _refused(reason: str, broadcast: Broadcast) -> Worded:
    return Worded(store_body(_as_written(broadcast)).pk, reason)


def _in_parts(contents: Sequence[bytes]) -> list[Worded]:
    ids = store_bodies(contents)
    return [Worded(pk, part=number, parts=len(ids)) for number, pk in enumerate(ids, start=1)]


def _as_written(broadcast: Broadcast) -> bytes:
    return json.dumps(broadcast.content, ensure_ascii=True).encode("ascii")
