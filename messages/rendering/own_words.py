"""A message with other words for some groups: title and text, and nothing else of it."""

from __future__ import annotations

from dataclasses import replace

from dingtalk.payloads import ActionCard, FeedCard, Link, Markdown, Message, Text


def with_words(message: Message, *, title: str, text: str) -> Message:
    """What is empty stays as all the others read it. A feed is links alone, and has no words to replace."""
    match message:
        case Text():
            return replace(message, content=text or message.content)
        case Link() | Markdown() | ActionCard():
            return replace(message, title=title or message.title, text=text or message.text)
        case FeedCard():
            return message
