"""DingTalk's documented part of markdown, and nothing else: the rest stays as it was typed, and is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import partial

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from messages.preview.addresses import SCHEMES, has_scheme
from messages.preview.mentions import NO_MARKS, Mark, Marks, mark_html


class Unsupported(StrEnum):
    """What people write and DingTalk's documentation does not know."""

    TABLE = "table"
    CODE = "code"
    STRIKETHROUGH = "strikethrough"
    HTML = "html"
    RULE = "rule"
    UNDERLINED_HEADING = "underlined_heading"
    BARE_LINK = "bare_link"
    REFERENCE = "reference"
    JOINED_LINES = "joined_lines"  # lines that DingTalk joins into one


# docs/protocol.md, section 1: headings, quote, bold, italic, link, picture, both lists, spaces as entities.
_BLOCKS = ["blockquote", "list", "heading", "paragraph"]
_INLINE = ["text", "newline", "escape", "emphasis", "link", "image", "entity"]
_TAGS = {
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
    "span",
}
_FOUND = {
    "table_open": Unsupported.TABLE,
    "fence": Unsupported.CODE,
    "code_block": Unsupported.CODE,
    "code_inline": Unsupported.CODE,
    "s_open": Unsupported.STRIKETHROUGH,
    "html_block": Unsupported.HTML,
    "html_inline": Unsupported.HTML,
    "hr": Unsupported.RULE,
    "softbreak": Unsupported.JOINED_LINES,
}


def render(text: str, marks: Marks = NO_MARKS) -> SafeString:
    html = _renderer(marks).render(text)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        allowed_classes={"span": {"dt-mention"}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "img": {"referrerpolicy": "no-referrer", "loading": "lazy"},
        },
    )
    return mark_safe(clean)  # noqa: S308 - just cleaned by nh3, and no HTML of the author's was let in before


def unsupported(text: str) -> list[Unsupported]:
    """Each kind once, in the order of first use."""
    environment: dict[str, object] = {}
    tokens = list(_flat(_whole_markdown().parse(text, environment)))
    found = [kind for token in tokens if (kind := _kind(token))]
    if environment.get("references"):
        found.append(Unsupported.REFERENCE)
    return list(dict.fromkeys(found))


def links(text: str) -> list[str]:
    """Where the links lead, as DingTalk would read them."""
    return [str(token.attrs["href"]) for token in _read(text) if token.type == "link_open"]


def pictures(text: str) -> list[str]:
    return [str(token.attrs["src"]) for token in _read(text) if token.type == "image"]


def plain(text: str) -> str:
    """The words without their marks, on one line."""
    words = (token.content for token in _read(text) if token.type in {"text", "text_special"})
    return " ".join(" ".join(words).split())


class _Shown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """What may not become a link stays on the screen as it was typed."""
        return has_scheme(url)


class _Read(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Every address is found, to be told about."""
        return True


def _renderer(marks: Marks) -> MarkdownIt:
    parser = _documented(_Shown)
    parser.core.ruler.push("mentions", partial(_mark_mentions, marks))
    parser.add_render_rule("mention", lambda _self, tokens, index, _options, _env: tokens[index].content)
    return parser


def _documented(parser: type[MarkdownIt]) -> MarkdownIt:
    rules = [*_BLOCKS, *_INLINE, "balance_pairs", "fragments_join", "text_join"]
    return parser("zero", {"html": False}).enable(rules)


def _whole_markdown() -> MarkdownIt:
    return _Read("commonmark").enable(["table", "strikethrough"])


def _read(text: str) -> Iterator[Token]:
    return _flat(_documented(_Read).parse(text))


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())


def _kind(token: Token) -> Unsupported | None:
    if token.type == "heading_open" and token.markup in {"=", "-"}:
        return Unsupported.UNDERLINED_HEADING
    if token.type == "link_open" and token.markup == "autolink":
        return Unsupported.BARE_LINK
    return _FOUND.get(token.type)


def _mark_mentions(marks: Marks, state: StateCore) -> None:
    for token in state.tokens:
        if token.children:
            token.children = [piece for child in token.children for piece in _cut(child, marks)]


def _cut(token: Token, marks: Marks) -> list[Token]:
    if token.type != "text":
        return [token]
    return [_token(piece) for piece in marks.pieces(token.content)]


def _token(piece: str | Mark) -> Token:
    if isinstance(piece, Mark):
        return Token("mention", "", 0, content=mark_html(piece))
    return Token("text", "", 0, content=piece)
