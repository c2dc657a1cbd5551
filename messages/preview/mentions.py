"""The `@` marks of a text, found and shown with names: a whole mobile is for DingTalk, not for the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.html import escape

from dingtalk.payloads import At, Message, place_mentions, searched_texts
from robots.masking import mask_mobile


@dataclass(frozen=True, slots=True)
class Mark:
    """One `@…` of the message: what is sent, as far as it may be seen, and whom it means ("" when nobody knows).

    `added`: it stands at the end because the text does not have it.
    """

    sent: str
    name: str
    added: bool = False

    @property
    def shown(self) -> str:
        return f"@{self.name}" if self.name else self.sent


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one message by the text that is sent."""

    by_token: Mapping[str, Mark]

    def pieces(self, text: str) -> Iterator[str | Mark]:
        """The text cut at its marks; nothing of it is lost."""
        if not self.by_token:
            yield text
            return
        done = 0
        for found in self._pattern().finditer(text):
            if found.start() > done:
                yield text[done : found.start()]
            yield self.by_token[found.group()]
            done = found.end()
        if done < len(text):
            yield text[done:]

    def named(self, text: str) -> str:
        """As plain words: names, and no whole number."""
        return "".join(piece.shown if isinstance(piece, Mark) else piece for piece in self.pieces(text))

    def _pattern(self) -> re.Pattern[str]:
        # Longest first, and `@user1` is not in `@user12`.
        tokens = sorted(self.by_token, key=len, reverse=True)
        return re.compile(f"(?:{'|'.join(map(re.escape, tokens))})(?![A-Za-z0-9_-])")


NO_MARKS = Marks({})


def marks_of(at: At, names: Mapping[str, str], message: Message | None = None) -> Marks:
    """`names`: whom a mobile or a userId belongs to. `message`: as it was written, to tell which marks are added."""
    marks = {f"@{mobile}": Mark(f"@{mask_mobile(mobile)}", names.get(mobile, "")) for mobile in at.mobiles}
    marks |= {f"@{user}": Mark(f"@{user}", names.get(user, "")) for user in at.user_ids}
    added = _added(message, at) if message and marks else frozenset()
    return Marks({token: replace(mark, added=token in added) for token, mark in marks.items()})


def _added(message: Message, at: At) -> frozenset[str]:
    """The marks that are put at the end."""
    before, after = searched_texts(message)[-1:], searched_texts(place_mentions(message, at))[-1:]
    return frozenset(after[0].removeprefix(before[0]).split()) if before else frozenset()


def mark_html(mark: Mark) -> str:
    return f'<span class="dt-mention">{escape(mark.shown)}</span>'
