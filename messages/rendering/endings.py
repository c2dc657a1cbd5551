"""What is added at the end of a message where a robot demands a keyword that the text lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dingtalk.payloads import ActionCard, At, FeedCard, Link, Markdown, Message, Text, has_keyword, place_mentions


@dataclass(frozen=True, slots=True)
class Ending:
    """`text` holds one of the keywords."""

    keywords: tuple[str, ...]
    text: str


def ending_of(*, keywords: Sequence[str], footer: str, append_keyword: bool) -> Ending | None:
    """The robot's footer if it does, else the bare keyword if the robot allows it."""
    if not keywords:
        return None
    if any(word in footer for word in keywords):
        return Ending(tuple(keywords), footer)
    if append_keyword:
        return Ending(tuple(keywords), f"{footer} {keywords[0]}".strip())
    return None


def with_ending(message: Message, ending: Ending | None, *, at: At) -> Message:
    """The message itself where nothing is to be added; so it is never added twice.

    A message without text gets none: it would hide that the text is missing. A feed has no place for it.
    """
    if ending is None or has_keyword(place_mentions(message, at), ending.keywords):
        return message
    return ended(message, ending.text)


def ended(message: Message, ending: str) -> Message:
    """With the ending in any case, where there is a text that it can follow."""
    match message:
        case Text(content=text) if text.strip():
            return replace(message, content=f"{text.rstrip()}\n{ending}")
        case Markdown(text=text) | ActionCard(text=text) if text.strip():
            return replace(message, text=f"{text.rstrip()}\n\n{ending}")
        case Link(text=text) if text.strip():
            return replace(message, text=f"{text.rstrip()} {ending}")
        case FeedCard() | _:
            return message
