"""Mentions: DingTalk marks a person only when `@mobile` or `@userId` also stands in the text."""

import re
from dataclasses import replace

from dingtalk.payloads.model import ActionCard, At, FeedCard, Link, Markdown, Message, Text


def honours_mentions(message: Message) -> bool:
    """text and markdown by the documentation; actionCard with `@` in its text; link and feedCard never."""
    return not isinstance(message, Link | FeedCard)


def count_mentions(at: At) -> int:
    return len(at.mobiles) + len(at.user_ids)


def place_mentions(message: Message, at: At) -> Message:
    """Append the `@` marks that the text lacks; a second time changes nothing. Everyone needs no mark."""
    match message:
        case Text():
            return replace(message, content=_with_marks(message.content, at, "\n"))
        case Markdown() | ActionCard():
            return replace(message, text=_with_marks(message.text, at, "\n\n"))
        case Link() | FeedCard():
            return message


def _with_marks(text: str, at: At, gap: str) -> str:
    marks = dict.fromkeys(f"@{name}" for name in (*at.mobiles, *at.user_ids))
    missing = " ".join(mark for mark in marks if not _has_mark(text, mark))
    return f"{text}{gap if text else ''}{missing}" if missing else text


def _has_mark(text: str, mark: str) -> bool:
    """`@user1` is not there when only `@user12` is."""
    return re.search(re.escape(mark) + r"(?![A-Za-z0-9_-])", text) is not None
