"""Where a long text may be broken: at the best place there is, and never inside what belongs together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from messages.rendering.around import Around
from messages.rendering.clusters import is_boundary
from messages.rendering.spans import Unit

# Bytes of what stands between two places.
Weigh = Callable[[int, int], int]

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
_LONGEST_SEAM: Final = 64


class CannotBreak(Exception):
    """`unit`: what alone is beyond the limit; None where there is room for nothing."""

    def __init__(self, unit: Unit | None) -> None:
        self.unit = unit
        super().__init__(unit or "no room")


class Seams:
    """Of one text."""

    def __init__(self, text: str, around: Around) -> None:
        self._text = text
        self._around = around

    def best(self, start: int, *, last: int, room: int, weigh: Weigh) -> int:
        """The end of a part that begins at `start`, at most `last`, and has room for so many bytes. Raises CannotBreak.

        Blank lines at its beginning and spaces at its end weigh nothing.
        """
        reach = self._reach(start, last=last, room=room, weigh=weigh)
        half = start + (reach - start) // 2
        for low, loose in ((half, False), (start, False), (start, True)):
            for places in self._places(low, reach):
                if (place := self._latest(places, loose=loose)) is not None:
                    return place
        every = (place for place in range(reach, start, -1) if is_boundary(self._text, place))
        if (place := self._latest(every, loose=True)) is not None:
            return place
        raise CannotBreak(self._unit_at(reach if reach > start else start + 1))

    def _reach(self, start: int, *, last: int, room: int, weigh: Weigh) -> int:
        """The furthest place of which everything before it fits."""
        low, high = self._past("\n", start, last), last
        while low < high:
            middle = (low + high + 1) // 2
            if (more := weigh(low, middle)) <= room:
                low, room = middle, room - more
            else:
                high = middle - 1
        return self._past(None, low, last)

    def _past(self, sign: str | None, place: int, last: int) -> int:
        """After all of this sign that follow; None: after all spaces."""
        text = self._text
        while place < last and (text[place].isspace() if sign is None else text[place] == sign):
            place += 1
        return place

    def _places(self, low: int, high: int) -> Iterator[Iterator[int]]:
        """By rank, each from the latest: after `low`, at most `high`."""
        for pattern in _RANKS:
            hits = pattern.finditer(self._text, max(0, low - _LONGEST_SEAM), high + _LONGEST_SEAM)
            yield reversed([end for hit in hits if low < (end := hit.end()) <= high])
        since = max(low + 1, high - _LOOKED_BACK)
        words = [hit.start() for hit in _WORD.finditer(self._text, since, min(high + 1, len(self._text)))]
        yield reversed([place for place in words if place <= high])

    def _latest(self, places: Iterator[int], *, loose: bool) -> int | None:
        return next((place for place in places if self._may_break(place, loose=loose)), None)

    def _may_break(self, place: int, *, loose: bool) -> bool:
        if not is_boundary(self._text, place) or self._around.whole(place):
            return False
        return loose or not self._around.is_together(place)

    def _unit_at(self, place: int) -> Unit | None:
        span = self._around.whole(place)
        return span.unit if span else None
