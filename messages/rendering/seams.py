"""Where a long text may be broken: at the best place there is, and never inside what belongs together."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from messages.rendering.clusters import is_boundary
from messages.rendering.spans import Span, Unit, merged

Fits = Callable[[int, int], bool]

_SECTION: Final = re.compile(r"\n(?=#{1,6}[ \t])")
_PARAGRAPH: Final = re.compile(r"\n(?:[ \t]*\n)+")
_LINE: Final = re.compile(r"\n")
_SENTENCE: Final = re.compile(r"[。！？；…]+[”’」』）】》]*[ \t]*|[.!?;]+[\"')\]”’]*[ \t]+")
# Letters of scripts that put no spaces between words.
_IDEOGRAPHS: Final = "\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_OPENING: Final = "“‘「『（【《"
_CLOSING: Final = "，、：。！？；”’」』）】》…·"
# Neither inside a word of letters nor before what closes or after what opens.
_WORD: Final = re.compile(
    rf"(?<=\s)(?=\S)|(?<=[{_IDEOGRAPHS}{_CLOSING}])(?=[^\s{_CLOSING}])|(?<=[^\s{_OPENING}])(?=[{_IDEOGRAPHS}])"
)
_RANKS: Final = (_SECTION, _PARAGRAPH, _LINE, _SENTENCE)
_LOOKED_BACK: Final = 2_000  # characters, for the end of a word


class CannotBreak(Exception):
    """`unit`: what alone is beyond the limit; None where there is room for nothing."""

    def __init__(self, unit: Unit | None) -> None:
        self.unit = unit
        super().__init__(unit or "no room")


class Seams:
    """Of one text. `whole` is never broken, `together` only where nothing else helps."""

    def __init__(self, text: str, *, whole: Sequence[Span], together: Sequence[Span]) -> None:
        self._text = text
        self._whole = merged(whole)
        self._together = merged(together)
        self._whole_starts = [span.start for span in self._whole]
        self._together_starts = [span.start for span in self._together]
        self._ends = [[hit.end() for hit in pattern.finditer(text)] for pattern in _RANKS]

    def best(self, start: int, *, last: int, fits: Fits) -> int:
        """The end of a part that begins at `start`, at most `last`. Raises CannotBreak."""
        reach = self._reach(start, last=last, fits=fits)
        half = start + (reach - start) // 2
        for low, loose in ((half, False), (start, False), (start, True)):
            for places in self._places(low, reach):
                if (place := self._latest(places, loose=loose)) is not None:
                    return place
        every = (place for place in range(reach, start, -1) if is_boundary(self._text, place))
        if (place := self._latest(every, loose=True)) is not None:
            return place
        raise CannotBreak(self._unit_at(reach if reach > start else start + 1))

    def _reach(self, start: int, *, last: int, fits: Fits) -> int:
        """The furthest place of which everything before it fits."""
        low, high = start, last
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(start, middle) else (low, middle - 1)
        return low

    def _places(self, low: int, high: int) -> Iterator[Iterator[int]]:
        """By rank, each from the latest: after `low`, at most `high`."""
        for ends in self._ends:
            yield reversed(ends[bisect_right(ends, low) : bisect_right(ends, high)])
        since = max(low + 1, high - _LOOKED_BACK)
        words = [hit.start() for hit in _WORD.finditer(self._text, since, min(high + 1, len(self._text)))]
        yield reversed([place for place in words if place <= high])

    def _latest(self, places: Iterator[int], *, loose: bool) -> int | None:
        return next((place for place in places if self._may_break(place, loose=loose)), None)

    def _may_break(self, place: int, *, loose: bool) -> bool:
        if _around(self._whole, self._whole_starts, place) or not is_boundary(self._text, place):
            return False
        return loose or _around(self._together, self._together_starts, place) is None

    def _unit_at(self, place: int) -> Unit | None:
        span = _around(self._whole, self._whole_starts, place)
        return span.unit if span else None


def _around(spans: Sequence[Span], starts: Sequence[int], place: int) -> Span | None:
    """The span that a break at this place would cut."""
    position = bisect_left(starts, place) - 1
    return spans[position] if position >= 0 and place < spans[position].end else None
