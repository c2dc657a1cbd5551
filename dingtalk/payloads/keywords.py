"""Keywords, the security mode 关键词: a message must hold at least one of the robot's words."""

from collections.abc import Sequence

from dingtalk.payloads.cleaning import cleaned
from dingtalk.payloads.model import ActionCard, FeedCard, Link, Markdown, Message, Text


def searched_texts(message: Message) -> tuple[str, ...]:
    """Where a keyword is safe. Which text DingTalk searches is not documented: with the word in each of these, any
    reading of the rule is met (docs/protocol.md, section 3)."""
    match message:
        case Text(content=content):
            return (content,)
        case Link(title=title, text=text) | Markdown(title=title, text=text) | ActionCard(title=title, text=text):
            return (title, text)
        case FeedCard(links=links):
            return tuple(link.title for link in links[:1])


def has_keyword(message: Message, keywords: Sequence[str]) -> bool:
    """Whether a robot with these keywords would take the message. No keywords ask for nothing; case counts."""
    wanted = [word for word in keywords if word.strip()]
    texts = _counted_texts(cleaned(message))
    return not wanted or any(word in text for word in wanted for text in texts)


def _counted_texts(message: Message) -> tuple[str, ...]:
    match message:
        case Text(content=content):
            return (content,)
        case Markdown(text=text) | ActionCard(text=text):
            return (text,)
        case Link(title=title, text=text):
            return (title, text)
        case FeedCard(links=links):
            return tuple(link.title for link in links)
