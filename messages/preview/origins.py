"""What was put into a message for one group, shown where it stands: the values of variables, a footer, a keyword.

A message is drawn twice, as it goes out and with marks around what was put in (messages/rendering/marks.py). Where the
marks change anything else of the picture, as they may within a sign of markdown, that text is shown without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import starmap
from typing import Final

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from messages.preview.bubbles import Bubble, Jump, Line
from messages.rendering.marks import END, MARK, START, number_of, unmarked

_TAG: Final = re.compile(r"(<[^>]*>)")


class Origins:
    """`labels`: what to say of each piece, by the number of its mark."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels

    def bubble(self, plain: Bubble, marked: Bubble) -> Bubble:
        return replace(
            plain,
            html=self._merged(plain.html, marked.html),
            title=self._words(plain.title, marked.title),
            text=self._words(plain.text, marked.text),
            buttons=tuple(starmap(self._jump, zip(plain.buttons, marked.buttons, strict=True))),
            links=tuple(starmap(self._jump, zip(plain.links, marked.links, strict=True))),
        )

    def line(self, plain: Line, marked: Line) -> Line:
        return replace(plain, summary=self._words(plain.summary, marked.summary))

    def _jump(self, plain: Jump, marked: Jump) -> Jump:
        return replace(plain, title=self._words(plain.title, marked.title))

    def _words(self, plain: str, marked: str) -> str:
        return self._merged(escape(plain), escape(marked)) if START in marked else plain

    def _merged(self, plain: SafeString, marked: SafeString) -> SafeString:
        if START not in marked or unmarked(marked) != plain:
            return plain
        return SafeString("".join(self._pieces(marked)))

    def _pieces(self, html: str) -> Iterator[str]:
        """Every run of text is closed in itself: what was put in may go over several elements."""
        number: int | None = None
        for run in _TAG.split(html):
            if run.startswith("<") or not run.strip():
                yield unmarked(run)
                continue
            yield self._open(number)
            done = 0
            for found in MARK.finditer(run):
                yield run[done : found.start()]
                yield self._close(number)
                number = None if found.group() == END else number_of(found[1])
                yield self._open(number)
                done = found.end()
            yield run[done:]
            yield self._close(number)

    def _open(self, number: int | None) -> str:
        if number is None:
            return ""
        label = self._labels[number] if number < len(self._labels) else ""
        return format_html('<span class="dt-from" title="{}">', label)

    def _close(self, number: int | None) -> str:
        return "" if number is None else "</span>"
