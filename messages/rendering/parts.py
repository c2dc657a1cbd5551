"""A text or markdown message beyond DingTalk's limit, as several messages that each keep to it.

Each part carries its number and what the group's robot demands; the last one alone mentions people, once everybody has
the whole text before them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dingtalk.payloads import (
    MAX_BODY_BYTES,
    NOBODY,
    At,
    Markdown,
    Message,
    Text,
    cleaned,
    cleaned_at,
    has_keyword,
    size_with_uuid,
)
from dingtalk.payloads.wire import body_bytes
from messages.rendering.around import Around
from messages.rendering.endings import Ending, with_ending
from messages.rendering.seams import CannotBreak, Seams
from messages.rendering.spans import Unit
from robots.masking import mask_mobile

# A group's minute takes no more, and nobody reads them.
MOST_PARTS: Final = 20
_GAP: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Part:
    """`piece`: what of the text it holds, to the letter; joined, the pieces are the text. `message`: what goes out.

    Of a message that goes out whole there is no piece.
    """

    number: int
    count: int
    piece: str
    message: Message
    at: At


@dataclass(frozen=True, slots=True)
class Split:
    """`parts` is empty where it cannot be split: `unit` alone is beyond the limit, or it would be too many parts."""

    parts: tuple[Part, ...] = ()
    unit: Unit | None = None
    too_many: bool = False


def can_have_parts(message: Message) -> bool:
    """Links and cards are one thing, however long."""
    return isinstance(message, Text | Markdown)


def is_too_big(message: Message, at: At, *, limit: int = MAX_BODY_BYTES) -> bool:
    return size_with_uuid(body_bytes(message, at)) > limit


def ending_for_parts(message: Message, ending: Ending | None, keywords: Sequence[str]) -> Ending | None:
    """What a part that lacks the robot's keywords ends with: without an ending of the robot's, the one that the whole
    text has.
    """
    if ending is not None or not keywords:
        return ending
    held = next((word for word in keywords if word.strip() and has_keyword(message, [word])), None)
    return Ending(tuple(keywords), held) if held else None


def split(message: Text | Markdown, *, at: At, ending: Ending | None, limit: int = MAX_BODY_BYTES) -> Split:
    """`limit`: of the exact bytes of each body, msgUuid included. `ending`: for parts that lack all of its keywords."""
    scissors = _Scissors(message, at=at, ending=ending, limit=limit)
    try:
        for most in (9, MOST_PARTS):
            pieces = scissors.pieces(most)
            if pieces is not None:
                return Split(tuple(scissors.parts(pieces)))
    except CannotBreak as found:
        return Split(unit=found.unit)
    return Split(too_many=True)


def outgoing(message: Message, *, at: At, ending: Ending | None) -> tuple[Part, ...]:
    """The message with its ending where it fits, else its parts; where it cannot be split either, as if it fitted."""
    whole = with_ending(message, ending, at=at)
    if isinstance(message, Text | Markdown) and is_too_big(whole, at):
        return split(message, at=at, ending=ending).parts or (Part(1, 1, "", whole, at),)
    return (Part(1, 1, "", whole, at),)


class _Scissors:
    def __init__(self, message: Text | Markdown, *, at: At, ending: Ending | None, limit: int) -> None:
        clean = cleaned(message)
        self._message: Text | Markdown = clean if isinstance(clean, Text | Markdown) else message
        self._at = cleaned_at(at)
        self._ending = ending
        self._limit = limit
        self._text = _text_of(self._message)
        self._marks = [f"@{name}" for name in (*self._at.mobiles, *self._at.user_ids)]

    def pieces(self, most: int) -> list[str] | None:
        """None when that many do not do. Raises CannotBreak."""
        if len(self._text) > most * self._limit:
            return None
        room, last_room = self._room(most, NOBODY), self._room(most, self._at)
        if min(room, last_room) <= 0:
            raise CannotBreak(None)
        return self._cut(most, room=room, last_room=last_room)

    def parts(self, pieces: Sequence[str]) -> Iterator[Part]:
        count = len(pieces)
        for number, piece in enumerate(pieces, start=1):
            at = self._at if number == count else NOBODY
            yield Part(number, count, piece, self._dressed(piece, number, count, at=at), at)

    def _cut(self, most: int, *, room: int, last_room: int) -> list[str] | None:
        text, seams = self._text, self._seams
        pieces: list[str] = []
        start, end = 0, len(text.rstrip())
        while self._bytes(start, end) > last_room:
            last = min(end - 1, start + self._limit)
            place = seams.best(start, last=last, room=room, weigh=self._weigh)
            pieces.append(text[start:place])
            start = place
            if len(pieces) >= most:
                return None
        return _without_blanks([*pieces, text[start:]])

    @cached_property
    def _seams(self) -> Seams:
        is_markdown = isinstance(self._message, Markdown)
        return Seams(self._text, Around(self._text, marks=self._marks, markdown=is_markdown))

    def _room(self, most: int, at: At) -> int:
        """Bytes for the piece of a part, with the widest number and the ending."""
        around = self._numbered("x", most, most)
        ending = _json_bytes(_GAP + self._ending.text) if self._ending else 0
        return self._limit - size_with_uuid(body_bytes(around, at)) - ending + 1

    def _bytes(self, start: int, end: int) -> int:
        return _json_bytes(_trimmed(self._text[start:end]))

    def _weigh(self, start: int, end: int) -> int:
        return _json_bytes(self._text[start:end])

    def _dressed(self, piece: str, number: int, count: int, *, at: At) -> Message:
        shown = piece if number == count else _without_marks(piece, self._at)
        return with_ending(self._numbered(_trimmed(shown), number, count), self._ending, at=at)

    def _numbered(self, piece: str, number: int, count: int) -> Text | Markdown:
        mark = f"({number}/{count})"
        match self._message:
            case Text():
                return Text(f"{mark}\n{piece}")
            case Markdown(title=title):
                return Markdown(f"{title} {mark}", f"{mark}\n\n{piece}")


def _text_of(message: Text | Markdown) -> str:
    return message.content if isinstance(message, Text) else message.text


def _json_bytes(text: str) -> int:
    """Without the quotes around it."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _trimmed(piece: str) -> str:
    """As it is sent: blank lines around a piece do nothing, spaces at its beginning may make it an inner list item."""
    return piece.strip("\n").rstrip()


def _without_blanks(pieces: Sequence[str]) -> list[str]:
    """What is only space goes with the piece before it, or after it where it is the first."""
    result: list[str] = []
    for piece in pieces:
        if result and not (piece.strip() and result[-1].strip()):
            result[-1] += piece
        else:
            result.append(piece)
    return result


def _without_marks(text: str, at: At) -> str:
    """For the parts that mention nobody: a mark that DingTalk does not turn into a name would show a whole mobile."""
    shown = {f"@{mobile}": mask_mobile(mobile) for mobile in at.mobiles}
    shown |= {f"@{user_id}": user_id for user_id in at.user_ids}
    if not shown:
        return text
    longest_first = sorted(shown, key=len, reverse=True)
    marks = re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9_-])")
    return marks.sub(lambda mark: shown[mark.group()], text)
