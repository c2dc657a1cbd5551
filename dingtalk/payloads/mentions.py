"""Mentions: DingTalk marks a person only when `@mobile` or `@userId` also stands in the text."""

import re
from collections.abc import Iterable
from dataclasses import replace

from dingtalk.payloads.model import ActionCard, At, FeedCard, Link, Markdown, Message, Text


def honours_mentions(message: Message) -> bool:
    """text and markdown by the documentation; actionCard with `@` in its text; link and feedCard never."""
    return not isinstance(message, Link | FeedCard)


def count_mentions(at: At) -> int:
    return len(at.mobiles) + len(at.user_ids)


def place_mentions(message: Message, at: At) -> Message:
    """Append the `@` marks that the text lacks; a second time changes nothing. Everyone needs no mark."""
    if not count_mentions(at):
        return message
    match message:
        case Text():
            return replace(message, content=_with_marks(message.content, at, "\n"))
        case Markdown() | ActionCard():
            return replace(message, text=_with_marks(message.text, at, "\n\n"))
        case Link() | FeedCard():
            return message


def marks_in(text: str, at: At) -> list[str]:
    """Who of `at` stands in the text behind an @, without it, as often as they stand there.

    `@user1` does not when only `@user12` does, nor `@li` when `@li.na` does and is mentioned, too.
    """
    names = sorted({name for name in (*at.mobiles, *at.user_ids) if name}, key=len, reverse=True)
    if not names or "@" not in text:
        return []
    return re.findall(_any_of(names), text)


def with_other_marks(text: str, names: Iterable[str], new: str) -> str:
    """`new`, whole, in the place of each mark of these names."""
    known = sorted(filter(None, names), key=len, reverse=True)
    return re.sub(_any_of(known), lambda _found: new, text) if known and "@" in text else text


def _any_of(names: Iterable[str]) -> str:
    return f"@({'|'.join(map(re.escape, names))})(?![A-Za-z0-9_-])"


def _with_marks(text: str, at: At, gap: str) -> str:
    there = set(marks_in(text, at))
    missing = " ".join(f"@{name}" for name in dict.fromkeys((*at.mobiles, *at.user_ids)) if name not in there)
    return f"{text}{gap if text else ''}{missing}" if missing else text
