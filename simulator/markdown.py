"""DingTalk's subset of Markdown as safe HTML: headings, quotes, bold, italic, links, pictures, lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

Piece = tuple[str, bool]  # text, and whether it is a mention
MENTION: Final = '<span class="dt-mention">{}</span>'

_parser = MarkdownIt("commonmark", {"html": False}).disable(
    ["code", "fence", "backticks", "hr", "lheading", "reference", "html_block", "autolink", "html_inline"]
)
_TAGS: Final = {
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "strong",
    "em",
    "a",
    "img",
    "ul",
    "ol",
    "li",
    "p",
    "br",
}
_cleaner = nh3.Cleaner(
    tags=_TAGS | {"span"},
    attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
    allowed_classes={"span": {"dt-mention"}},
    url_schemes={"http", "https", "dingtalk"},
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer", "loading": "lazy"}},
)


def render(text: str, split: Callable[[str], list[Piece]]) -> SafeString:
    """`split` cuts a plain text where it mentions somebody."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.children:
            token.children = [new for child in token.children for new in _marked(child, split)]
    return mark_safe(_cleaner.clean(_parser.renderer.render(tokens, _parser.options, {})))  # noqa: S308 - just cleaned


def render_plain(text: str, split: Callable[[str], list[Piece]]) -> SafeString:
    return mark_safe("".join(_html(piece) for piece in split(text)))  # noqa: S308 - every piece is escaped


def _marked(token: Token, split: Callable[[str], list[Piece]]) -> list[Token]:
    if token.type != "text":
        return [token]
    return [Token("html_inline", "", 0, content=_html(piece)) for piece in split(token.content)]


def _html(piece: Piece) -> str:
    text, is_mention = piece
    return MENTION.format(escape(text)) if is_mention else escape(text)
