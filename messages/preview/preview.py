"""One message seen as DingTalk will see it: how it looks, how big it is, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dingtalk.payloads import MAX_MENTIONS, At, Message, Problem, problems, size_with_uuid
from dingtalk.payloads.wire import body_bytes
from messages.preview.bubbles import Bubble, Line, bubble_of, document_of, line_of
from messages.preview.hints import Hint, hints
from messages.preview.mentions import Mark, Marks, marks_of
from messages.preview.origins import Origins


@dataclass(frozen=True, slots=True)
class Preview:
    """`size` counts the exact bytes that go out, the msgUuid included."""

    bubble: Bubble
    line: Line
    marks: tuple[Mark, ...]
    everyone: bool
    size: int
    problems: tuple[Problem, ...]
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class PutIn:
    """The message once more, with marks around what was put in for one group, and what to say of each piece."""

    message: Message
    labels: Sequence[str]


def preview_of(
    message: Message, *, at: At, names: Mapping[str, str], sender: str = "", put_in: PutIn | None = None
) -> Preview:
    """`names`: whom a mobile or a userId belongs to, as far as it is known."""
    shown = _at_most(at, MAX_MENTIONS)
    # All of them are masked, wherever they stand in the text.
    marks, document = marks_of(at, names, message), document_of(message, at=shown)
    bubble, line = (
        bubble_of(message, at=shown, marks=marks, sender=sender, document=document),
        _line(message, at, marks),
    )
    if put_in:
        origins = Origins(put_in.labels)
        bubble = origins.bubble(bubble, bubble_of(put_in.message, at=shown, marks=marks, sender=sender))
        line = origins.line(line, _line(put_in.message, at, marks))
    return Preview(
        bubble=bubble,
        line=line,
        marks=tuple(marks.by_token.values())[:MAX_MENTIONS],
        everyone=at.everyone,
        size=size_with_uuid(body_bytes(message, at)),
        problems=problems(message, at),
        hints=hints(message, document),
    )


def _line(message: Message, at: At, marks: Marks) -> Line:
    line = line_of(message, at=at)
    return replace(line, summary=marks.named(line.summary))


def _at_most(at: At, count: int) -> At:
    """More than DingTalk takes are told as a problem; the screen need not show thousands of them."""
    mobiles = at.mobiles[:count]
    return replace(at, mobiles=mobiles, user_ids=at.user_ids[: count - len(mobiles)])
