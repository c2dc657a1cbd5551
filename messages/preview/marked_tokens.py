"""The tokens of a markdown text as the preview draws them: what DingTalk does not know as its source, marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from messages.preview.addresses import has_scheme, loadable
from messages.preview.mentions import Mark, Marks, mark_html
from messages.rendering.marks import unmarked

NOT_SHOWN: Final = _("DingTalk will not show this")
LONGEST_ADDRESS: Final = 60  # of a picture that is not shown: a picture in the text itself has thousands of signs
_ALONE: Final = {"fence", "code_block", "html_block", "hr"}
_CLOSED_BY: Final = {"table_open": "table_close", "heading_open": "heading_close"}


def shown(
    tokens: Sequence[Token], *, lines: Sequence[str], references: Sequence[tuple[int, int]], marks: Marks
) -> list[Token]:
    """`references`: lines that make no tokens, to be shown all the same."""
    drawn: list[Token] = []
    waiting = list(references)
    closing = ""
    for token in tokens:
        if closing:
            closing = "" if token.type == closing else closing
            continue
        while waiting and token.level == 0 and token.map and token.map[0] >= waiting[0][0]:
            drawn.append(_block(lines[slice(*waiting.pop(0))], marks))
        if token.type in _ALONE or token.type == "table_open" or _is_underlined(token):
            drawn.append(_block(lines[slice(*(token.map or (0, 0)))], marks))
            closing = _CLOSED_BY.get(token.type, "")
            continue
        if token.children:
            token = token.copy(children=list(_drawn(token.children, marks)))
        drawn.append(token)
    drawn += [_block(lines[slice(*reference)], marks) for reference in waiting]
    return drawn


def words_html(text: str, marks: Marks) -> SafeString:
    """Escaped, with its mentions by name."""
    pieces = (mark_html(piece) if isinstance(piece, Mark) else escape(piece) for piece in marks.pieces(text))
    return SafeString("".join(pieces))


def _is_underlined(token: Token) -> bool:
    return token.type == "heading_open" and token.markup in {"=", "-"}


def _block(lines: Sequence[str], marks: Marks) -> Token:
    words = words_html("\n".join(lines).strip("\n"), marks)
    html = '<div class="dt-unshown"><span>{}</span><div class="dt-unshown-words">{}</div></div>\n'
    return _raw(format_html(html, NOT_SHOWN, words), "html_block")


def _drawn(children: Sequence[Token], marks: Marks) -> Iterator[Token]:
    closings: list[str] = []  # what each open link ends with; "" for one that is a link
    for position, token in enumerate(children):
        match token.type:
            case "text":
                yield _raw(words_html(token.content, marks))
            case "code_inline":
                yield _raw(_mark(words_html(f"{token.markup}{token.content}{token.markup}", marks)))
            case "html_inline":
                yield _raw(_mark(words_html(token.content, marks)))
            case "s_open":
                yield _raw(f"{_opening()}~~")
            case "s_close":
                yield _raw(f"~~{_closing()}")
            case "image":
                yield _picture(token, marks)
            case "link_open":
                before, after = _link(token, words=children[position + 1].content)
                closings.append(after)
                yield _raw(before) if after else token
            case "link_close":
                after = closings.pop()
                yield _raw(after) if after else token
            case _:
                yield token


def _link(token: Token, *, words: str) -> tuple[str, str]:
    """What stands before and after its words where it is no link; two empty texts where it is one."""
    url = str(token.attrs["href"])
    if token.markup == "autolink":
        return f"{_opening()}&lt;", f"&gt;{_closing()}"
    if "label" in token.meta:
        label = str(token.meta["label"]).lower()
        after = "" if label == words.lower() else f"[{escape(_shortened(label))}]"
        return f"{_opening()}[", f"]{after}{_closing()}"
    if not has_scheme(url):
        return f"{_opening()}[", f"]({escape(_shortened(url))}){_closing()}"
    return "", ""


def _picture(token: Token, marks: Marks) -> Token:
    url, words = str(token.attrs["src"]), token.content
    if loadable(url) and "label" not in token.meta:
        alt = unmarked(words).replace("<", "").replace(">", "")
        return _raw(format_html('<img src="{}" alt="{}">', url, alt))
    return _raw(_mark(words_html(f"![{words}]({_shortened(url)})", marks)))


def _mark(words: SafeString) -> str:
    return f"{_opening()}{words}{_closing()}"


def _opening() -> str:
    return format_html('<mark class="dt-unshown" title="{}">', NOT_SHOWN)


def _closing() -> str:
    return format_html('<span class="visually-hidden"> ({})</span></mark>', NOT_SHOWN)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ADDRESS else f"{text[:LONGEST_ADDRESS]}…"


def _raw(html: str, kind: str = "html_inline") -> Token:
    """Ours, every part of it escaped: the author's own HTML never comes this way."""
    return Token(kind, "", 0, content=html)
