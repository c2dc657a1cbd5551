"""The blocks of a text: list items, headings with what they head, quotes and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from messages.rendering.spans import Span, Unit

ITEM: Final = r"[ \t]*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+\S|\d{1,3}、|[（(]\d{1,3}[）)])"
_ITEM: Final = re.compile(ITEM)
_HEADING: Final = re.compile(r"#{1,6}[ \t]")
# Cut, the rest of such a line would not look like its beginning.
_DRESSED: Final = re.compile(r"#{1,6}[ \t]|>|\|")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" \t"))

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


def items(text: str) -> tuple[list[Span], list[Span]]:
    """Each list item with what is indented below it; and outer ones together with the items inside them."""
    reader = _Items()
    for line in _lines(text):
        reader.read(line)
    reader.close()
    return reader.single, reader.nested


def is_dressed(text: str, place: int) -> bool:
    """Whether a break there would cut a line that is better left whole, or part a heading from what it heads."""
    line = _line_before(text, place)
    if line is None:
        return False
    if place < line.end and _DRESSED.match(line.text):
        return True
    return _HEADING.match(line.text) is not None and line.end < len(text.rstrip())


def _line_before(text: str, place: int) -> _Line | None:
    """The last line that says something and begins before the place."""
    while place > 0:
        start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
        line = _Line(start, text[start : end if end >= 0 else len(text)])
        if start < place and not line.is_blank:
            return line
        place = start - (start == place)
    return None


@dataclass(slots=True)
class _Items:
    single: list[Span] = field(default_factory=list)
    nested: list[Span] = field(default_factory=list)
    _outer: _Line | None = None  # the first line of the outermost item, while anything of it goes on
    _own: int | None = None  # where the innermost item began, while it goes on
    _last: int = 0  # the end of the last line that said something
    _after_blank: bool = False

    def read(self, line: _Line) -> None:
        if line.is_blank:
            self._after_blank = True
            return
        if _ITEM.match(line.text):
            self._begin(line)
        elif not self._goes_on(line):
            self._close_own()
            if self._after_blank or _DRESSED.match(line.text):
                self.close()
        self._last, self._after_blank = line.end, False

    def close(self) -> None:
        self._close_own()
        if self._outer:
            self.nested.append(Span(self._outer.start, self._last))
            self._outer = None

    def _goes_on(self, line: _Line) -> bool:
        return self._outer is not None and line.indent >= 2 and line.indent > self._outer.indent

    def _begin(self, line: _Line) -> None:
        self._close_own()
        if self._outer and line.indent <= self._outer.indent:
            self.close()
        self._outer = self._outer or line
        self._own = line.start

    def _close_own(self) -> None:
        if self._own is not None:
            self.single.append(Span(self._own, self._last, Unit.LIST_ITEM))
            self._own = None


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(start, line)
        start += len(line) + 1
