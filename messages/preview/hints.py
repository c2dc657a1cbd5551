"""What DingTalk takes, but will not show as the author hopes. Nothing here keeps a message from being sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingtalk.payloads import ActionCard, FeedCard, Link, Markdown, Message, Text
from messages.preview import markdown
from messages.preview.addresses import has_scheme, is_public, scheme_of
from messages.preview.markdown import Document, Unsupported


@dataclass(frozen=True, slots=True)
class Hint:
    """`place` is in DingTalk's own keys, as in dingtalk.payloads.Problem. `line` counts from 1; 0 for none."""

    code: str
    place: str
    text: str | Promise
    line: int = 0


UNSUPPORTED: Final[dict[Unsupported, Promise]] = {
    Unsupported.TABLE: _("DingTalk will not show this table everywhere: its documentation knows no tables."),
    Unsupported.CODE: _("DingTalk will not show code as code: the marks stay as they are typed."),
    Unsupported.STRIKETHROUGH: _("DingTalk will not strike words through: the ~~ stays."),
    Unsupported.HTML: _("DingTalk will not read HTML: the tags may stand in the message as they are typed."),
    Unsupported.RULE: _("DingTalk will not show a line for --- or ***, as far as its documentation says."),
    Unsupported.UNDERLINED_HEADING: _("DingTalk will not show an underlined line as a heading: put # in front of it."),
    Unsupported.BARE_LINK: _("DingTalk will not make a link of <…>: write [words](address)."),
    Unsupported.REFERENCE: _("DingTalk will not read link references: write [words](address) where the link belongs."),
    Unsupported.JOINED_LINES: _(
        "Lines that follow one another become one: leave an empty line between them, or end a line with two spaces."
    ),
}
TITLE_NOT_IN_TEXT = _("The title stands in the list of chats only. Repeat it in the text if readers must see it.")
LINK_WITHOUT_SCHEME = _("A link without https:// in front leads nowhere, so it stays as it is typed.")
PICTURE_INSECURE = _(
    "Give the picture's address with https://: over http it may not show, and this preview shows none."
)
PICTURE_NOT_PUBLIC = _("DingTalk fetches pictures from the public internet: this address is not reachable from there.")
PICTURE_NO_ADDRESS = _("DingTalk shows pictures by their public address only, not from a file or out of the text.")
MEDIA_ID = _("A media id shows in DingTalk, but this preview cannot show it.")


MOST_OF_A_KIND: Final = 5  # links and pictures that are named one by one


def hints(message: Message, document: Document | None = None) -> tuple[Hint, ...]:
    """Each text once per place. `document`: the message's markdown, where somebody has read it already."""
    return tuple(dict.fromkeys(_hints(message, document)))


def _hints(message: Message, document: Document | None) -> Iterator[Hint]:
    match message:
        case Markdown(title=title, text=text) | ActionCard(title=title, text=text):
            document = document or markdown.read(text)
            yield from _title_hints(title, document)
            yield from _markdown_hints(document)
        case Link(pic_url=picture):
            yield from _picture_hints(picture, "picUrl")
        case FeedCard(links=links):
            for position, link in enumerate(links):
                yield from _picture_hints(link.pic_url, f"links.{position}.picURL")
        case Text():
            pass


def _title_hints(title: str, document: Document) -> Iterator[Hint]:
    if title.strip() and document.text.strip() and title.strip() not in document.plain():
        yield Hint("title_not_in_text", "title", TITLE_NOT_IN_TEXT)


def _markdown_hints(document: Document) -> list[Hint]:
    """As one reads them from the top."""
    return sorted(_in_markdown(document), key=lambda hint: hint.line)


def _in_markdown(document: Document) -> Iterator[Hint]:
    for found in document.unsupported():
        yield Hint(found.kind, "text", UNSUPPORTED[found.kind], found.line)
    leading_nowhere = [link for link in document.links() if not has_scheme(link.url)]
    for link in leading_nowhere[:MOST_OF_A_KIND]:
        yield Hint("link_without_scheme", "text", LINK_WITHOUT_SCHEME, link.line)
    for picture in document.pictures()[:MOST_OF_A_KIND]:
        if scheme_of(picture.url) in {"http", "https"}:
            yield from _picture_hints(picture.url, "text", picture.line)
        else:
            yield Hint("picture_no_address", "text", PICTURE_NO_ADDRESS, picture.line)


def _picture_hints(url: str, place: str, line: int = 0) -> Iterator[Hint]:
    if url.startswith("@"):
        yield Hint("media_id", place, MEDIA_ID, line)
        return
    scheme = scheme_of(url)
    if scheme == "http":
        yield Hint("picture_insecure", place, PICTURE_INSECURE, line)
    if scheme in {"http", "https"} and not is_public(url):
        yield Hint("picture_not_public", place, PICTURE_NOT_PUBLIC, line)
