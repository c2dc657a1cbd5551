"""DingTalk's documented part of markdown, and nothing else: the rest stays as it was typed, is marked and named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from messages.preview.addresses import SCHEMES
from messages.preview.marked_tokens import shown
from messages.preview.mentions import NO_MARKS, Marks

LONGEST: Final = 200_000
_TAGS: Final = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "strong", "em", "a", "img", "ul", "ol", "li", "p", "br"),
    *("span", "mark", "div"),
}


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


_FOUND: Final = {
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


@dataclass(frozen=True, slots=True)
class Found:
    """`line` counts from 1."""

    kind: Unsupported
    line: int


@dataclass(frozen=True, slots=True)
class Address:
    """Of a link or a picture, as it was typed."""

    url: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text as markdown knows it, read once."""

    text: str
    tokens: Sequence[Token]
    references: Sequence[tuple[int, int]]  # the lines of link references: from, and up to without

    def html(self, marks: Marks = NO_MARKS) -> SafeString:
        tokens = shown(self.tokens, lines=self.text.split("\n"), references=self.references, marks=marks)
        return _cleaned(_parser().renderer.render(tokens, _parser().options, {}))

    def unsupported(self) -> list[Found]:
        """Each kind once, where it is first used."""
        found = [Found(kind, line) for token, line in self._placed() if (kind := _kind(token))]
        found += [Found(Unsupported.REFERENCE, start + 1) for start, _end in self.references]
        first: dict[Unsupported, Found] = {}
        for each in sorted(found, key=lambda each: each.line):
            first.setdefault(each.kind, each)
        return list(first.values())

    def links(self) -> list[Address]:
        return [Address(str(token.attrs["href"]), line) for token, line in self._placed() if token.type == "link_open"]

    def pictures(self) -> list[Address]:
        return [Address(str(token.attrs["src"]), line) for token, line in self._placed() if token.type == "image"]

    def plain(self) -> str:
        """The words without their marks, on one line."""
        words = (token.content for token, _line in self._placed() if token.type in {"text", "code_inline"})
        return " ".join(" ".join(words).split())

    def _placed(self) -> Iterator[tuple[Token, int]]:
        """Every token, with the line that it begins on."""
        line = 0
        for token in self.tokens:
            line = token.map[0] if token.map else line
            yield token, line + 1
            within = line
            for child in token.children or ():
                yield child, within + 1
                within += child.type in {"softbreak", "hardbreak"}


def read(text: str) -> Document:
    """No more of it than anybody could send, even in parts: whatever is pasted is answered soon."""
    environment: dict[str, dict[str, dict[str, list[int]]]] = {}
    # As the reader does it, so that lines mean the same.
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    tokens = _parser().parse(text, environment)
    references = sorted((each["map"][0], each["map"][1]) for each in environment.get("references", {}).values())
    return Document(text, tokens, references)


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Every address is found, to be told about; what may be opened is decided when it is drawn."""
        return True


@cache
def _parser() -> MarkdownIt:
    """All of common markdown: what DingTalk does not know has to be known to be named."""
    options = {"html": True, "store_labels": True}
    return _Parser("commonmark", options).enable(["table", "strikethrough"])


def _cleaned(html: str) -> SafeString:
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "mark": {"title"}},
        allowed_classes={
            "span": {"dt-mention", "visually-hidden"},
            "mark": {"dt-unshown"},
            "div": {"dt-unshown", "dt-unshown-words"},
        },
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "img": {"referrerpolicy": "no-referrer", "loading": "lazy"},
        },
    )
    return mark_safe(clean)  # noqa: S308 - just cleaned by nh3, and no HTML of the author's was let in before


def _kind(token: Token) -> Unsupported | None:
    if token.type == "heading_open" and token.markup in {"=", "-"}:
        return Unsupported.UNDERLINED_HEADING
    if token.type == "link_open" and token.markup == "autolink":
        return Unsupported.BARE_LINK
    if token.type in {"link_open", "image"} and "label" in token.meta:
        return Unsupported.REFERENCE
    return _FOUND.get(token.type)
