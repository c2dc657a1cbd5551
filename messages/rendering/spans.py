"""What of a text belongs together: links, emphasis, mentions, list items, and what is only better left whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Unit(StrEnum):
    LINK = "link"
    EMPHASIS = "emphasis"
    MENTION = "mention"
    LIST_ITEM = "list_item"
    SIGN = "sign"  # an entity or an escaped character


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to before `end`; a break between the two would cut it."""

    start: int
    end: int
    unit: Unit | None = None


# As far as a browser or a phone would take it for an address.
_ADDRESS: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]{1,15}://|\bwww\.)[^\s<>\"“”‘’，、。；：！？（）【】《》「」『』]+"
)
_MENTION: Final = re.compile(r"@[\w.+-]{1,64}")
_SIGN: Final = re.compile(r"&#?\w{1,31};|\\[!-/:-@\[-`{-~]")
_BLANK_LINE: Final = r"\n[ \t]*\n"
_BRACKET: Final = re.compile(rf"\\.|[\[\]()]|{_BLANK_LINE}", re.DOTALL)
_STAR: Final = re.compile(rf"\\.|\*+|_+|~~|{_BLANK_LINE}", re.DOTALL)
_TAG: Final = re.compile(r"<(/?)font\b[^<>\n]{0,200}>|<[^<>\n]{1,200}>")


def merged(spans: Iterable[Span]) -> list[Span]:
    """Those that overlap become one, with the unit of the first."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if result and span.start < result[-1].end:
            outer = result[-1]
            result[-1] = Span(outer.start, max(outer.end, span.end), outer.unit)
        else:
            result.append(span)
    return result


def plain_spans(text: str, marks: Sequence[str]) -> list[Span]:
    """Of any text: addresses and mentions; `marks` are those that DingTalk will look for."""
    found = [*_matches(_ADDRESS, text, Unit.LINK), *_matches(_MENTION, text, Unit.MENTION)]
    if marks:
        longest_first = sorted(marks, key=len, reverse=True)
        found += _matches(re.compile("|".join(map(re.escape, longest_first))), text, Unit.MENTION)
    return found


def markdown_spans(text: str) -> list[Span]:
    """Links, pictures and emphasis, as far as they may be some; each within its paragraph."""
    return [*_links(text), *_emphasis(text), *_tags(text), *_matches(_SIGN, text, Unit.SIGN)]


def coloured_spans(text: str) -> list[Span]:
    """Words inside a font tag, which DingTalk shows although its documentation does not say so."""
    spans, opened = [], []
    for hit in _TAG.finditer(text):
        if hit.group(1) == "":
            opened.append(hit.start())
        elif hit.group(1) == "/" and opened:
            spans.append(Span(opened.pop(), hit.end()))
    return spans


def _matches(pattern: re.Pattern[str], text: str, unit: Unit) -> Iterator[Span]:
    return (Span(hit.start(), hit.end(), unit) for hit in pattern.finditer(text))


def _tags(text: str) -> Iterator[Span]:
    return _matches(_TAG, text, Unit.SIGN)


def _links(text: str) -> Iterator[Span]:
    """`[words](address)`, the words with brackets of their own where they are a picture; in one pass."""
    squares: list[int] = []
    rounds: list[tuple[int, int | None]] = []  # where it opened, and where the words of its link began
    closed = -1, -1  # the end and the beginning of the last pair of square brackets
    for hit in _BRACKET.finditer(text):
        match hit.group():
            case "[":
                squares.append(hit.start())
            case "]" if squares:
                closed = hit.end(), squares.pop()
            case "(":
                rounds.append((hit.start(), closed[1] if closed[0] == hit.start() else None))
            case ")" if rounds:
                words_at = rounds.pop()[1]
                if words_at is not None:
                    yield Span(_with_exclamation(text, words_at), hit.end(), Unit.LINK)
            case other if other.startswith("\n"):
                squares, rounds = [], []


def _with_exclamation(text: str, start: int) -> int:
    return start - 1 if start and text[start - 1] == "!" else start


def _emphasis(text: str) -> Iterator[Span]:
    opened: dict[str, list[int]] = {}
    for hit in _STAR.finditer(text):
        run = hit.group()
        if run.startswith("\n"):
            opened = {}
        if run[0] not in "*_~":
            continue
        before, after = text[hit.start() - 1 : hit.start()], text[hit.end() : hit.end() + 1]
        # Inside a word an underscore is only an underscore.
        closes = bool(before.strip()) and not (run[0] == "_" and after.isalnum())
        opens = bool(after.strip()) and not (run[0] == "_" and before.isalnum())
        for mark in _marks_in(run):
            if closes and opened.get(mark):
                yield Span(opened[mark].pop(), hit.end(), Unit.EMPHASIS)
            elif opens:
                opened.setdefault(mark, []).append(hit.start())


def _marks_in(run: str) -> list[str]:
    if run == "~~":
        return [run]
    return [run[:2]] * (len(run) // 2) + [run[:1]] * (len(run) % 2)
