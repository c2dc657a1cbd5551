"""What a break at a place would cut. It is found out around that place alone: texts are long, and breaks are few."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

from messages.rendering.blocks import ITEM, is_dressed, items
from messages.rendering.spans import Span, coloured_spans, markdown_spans, merged, plain_spans

# No link and no emphasis goes on beyond these: a blank line, and the list items that may follow any line.
_PARAGRAPH_ENDS: Final = re.compile(r"\n[ \t]*\n|\n(?=[ ]{0,3}(?:[-*+]|1[.)])[ \t]+\S)")
_LINE_ENDS: Final = re.compile(r"\n")
_HAS_ITEMS: Final = re.compile(rf"^{ITEM}", re.MULTILINE)
_REMEMBERED: Final = 2_000  # characters of a paragraph that groups are likely to share


class Spans:
    """Of which none overlaps another."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = merged(spans)
        self._starts = [span.start for span in self._spans]

    def around(self, place: int) -> Span | None:
        """The span that a break at this place would cut."""
        position = bisect_left(self._starts, place) - 1
        return self._spans[position] if position >= 0 and place < self._spans[position].end else None


class Around:
    """Of one text. `marks`: those that DingTalk will look for."""

    def __init__(self, text: str, *, marks: Sequence[str], markdown: bool) -> None:
        self._text = text
        self._marks = tuple(marks)
        self._markdown = markdown
        self._long: dict[int, Spans] = {}

    def whole(self, place: int) -> Span | None:
        """What is never broken."""
        return self._items[0].around(place) or self._in_paragraph(place)

    def is_together(self, place: int) -> bool:
        """Whether what is better left whole would be broken."""
        if self._items[1].around(place):
            return True
        return self._markdown and (is_dressed(self._text, place) or self._coloured.around(place) is not None)

    @cached_property
    def _items(self) -> tuple[Spans, Spans]:
        single, nested = items(self._text) if _HAS_ITEMS.search(self._text) else ((), ())
        return Spans(single), Spans(nested)

    @cached_property
    def _coloured(self) -> Spans:
        return Spans(coloured_spans(self._text) if "<font" in self._text else ())

    @cached_property
    def _starts(self) -> list[int]:
        """Where paragraphs begin; of plain texts lines, for nothing goes on beyond those."""
        ends = _PARAGRAPH_ENDS if self._markdown else _LINE_ENDS
        return [0, *(hit.end() for hit in ends.finditer(self._text)), len(self._text)]

    def _in_paragraph(self, place: int) -> Span | None:
        position = bisect_right(self._starts, place) - 1
        start, end = self._starts[position], self._starts[min(position + 1, len(self._starts) - 1)]
        found = self._spans(start, end).around(place - start)
        return Span(start + found.start, start + found.end, found.unit) if found else None

    def _spans(self, start: int, end: int) -> Spans:
        if end - start <= _REMEMBERED:
            return _spans_of(self._text[start:end], self._marks, markdown=self._markdown)
        if start not in self._long:
            self._long[start] = _read(self._text[start:end], self._marks, markdown=self._markdown)
        return self._long[start]


@lru_cache(maxsize=512)
def _spans_of(text: str, marks: tuple[str, ...], *, markdown: bool) -> Spans:
    return _read(text, marks, markdown=markdown)


def _read(text: str, marks: Sequence[str], *, markdown: bool) -> Spans:
    return Spans([*plain_spans(text, marks), *(markdown_spans(text) if markdown else ())])
