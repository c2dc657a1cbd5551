"""A message as the bubble that a group will see (templates/ui/_bubble.html) and the line in the list of chats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dingtalk.payloads import ActionCard, At, FeedCard, Link, Markdown, Message, Text, cleaned, place_mentions
from dingtalk.payloads.model import msgtype_of
from messages.preview import markdown
from messages.preview.addresses import clickable, loadable
from messages.preview.markdown import Document
from messages.preview.marked_tokens import words_html
from messages.preview.mentions import Mark, Marks, mark_html

NO_HTML: Final = SafeString("")


@dataclass(frozen=True, slots=True)
class Jump:
    """A button of a card or a row of a feed. An address that could not be opened is ""."""

    title: str
    url: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    kind: str
    sender: str = ""
    html: SafeString = NO_HTML
    title: str = ""
    text: str = ""
    url: str = ""
    picture: str = ""
    buttons: tuple[Jump, ...] = ()
    horizontal: bool = False
    links: tuple[Jump, ...] = ()
    hide_avatar: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What a phone shows before the message is opened."""

    summary: str
    mentioned: bool


def document_of(message: Message, *, at: At) -> Document | None:
    """Its markdown with its mentions placed; None for types without markdown."""
    match place_mentions(cleaned(message), at):
        case Markdown(text=text) | ActionCard(text=text):
            return markdown.read(text)
        case _:
            return None


def bubble_of(message: Message, *, at: At, marks: Marks, sender: str = "", document: Document | None = None) -> Bubble:
    """With its mentions placed as they will be sent. `document`: as document_of, where somebody has asked already."""
    kind = msgtype_of(message)
    match place_mentions(cleaned(message), at):
        case Text(content=content):
            return Bubble(kind, sender, _with_everyone(words_html(content, marks), at))
        case Markdown(text=text):
            html = (document or markdown.read(text)).html(marks)
            return Bubble(kind, sender, _with_everyone(html, at))
        case ActionCard() as card:
            html = (document or markdown.read(card.text)).html(marks)
            return _card(card, html=_with_everyone(html, at), sender=sender)
        case Link() as link:
            return Bubble(
                kind,
                sender,
                title=link.title,
                text=link.text,
                url=clickable(link.message_url),
                picture=loadable(link.pic_url),
            )
        case FeedCard(links=links):
            rows = tuple(Jump(row.title, clickable(row.message_url), loadable(row.pic_url)) for row in links)
            return Bubble(kind, sender, links=rows)


def line_of(message: Message, *, at: At) -> Line:
    """The title where the type has one, else the first words."""
    match message:
        case Text(content=text):
            summary = next((line.strip() for line in text.splitlines() if line.strip()), "")
        case FeedCard(links=links):
            summary = links[0].title if links else ""
        case Link(title=title) | Markdown(title=title) | ActionCard(title=title):
            summary = title
    return Line(summary=summary, mentioned=bool(at))


def _card(card: ActionCard, *, html: SafeString, sender: str) -> Bubble:
    jumps = [(button.title, button.url) for button in card.buttons]
    if card.single_title or card.single_url:
        jumps = [(card.single_title, card.single_url)]
    return Bubble(
        "actionCard",
        sender,
        html,
        buttons=tuple(Jump(title, clickable(url)) for title, url in jumps),
        horizontal=card.btn_orientation == "1",
        hide_avatar=card.hide_avatar == "1",
    )


def _with_everyone(html: SafeString, at: At) -> SafeString:
    if not at.everyone:
        return html
    return mark_safe(f"{html} {mark_html(Mark('', _('everyone')))}")  # noqa: S308 - both parts are safe already
