"""Two texts side by side, with the words marked that one has and the other has not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Words of letters, each Chinese character for itself, spaces, and all other signs one by one.
_PIECE: Final = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_STEPS: Final = 1_000_000  # about a tenth of a second


def marked_words(before: str, after: str) -> tuple[SafeString, SafeString]:
    """What is gone is in `<del>` on the left, what is new in `<ins>` on the right."""
    left, right = [], []
    for same, old, new in _pieces(before, after):
        left.append(format_html("{}", old) if same else format_html("<del>{}</del>", old) if old else "")
        right.append(format_html("{}", new) if same else format_html("<ins>{}</ins>", new) if new else "")
    return _joined(left), _joined(right)


def _joined(parts: Sequence[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _pieces(before: str, after: str) -> Iterator[tuple[bool, str, str]]:
    for pattern in (_PIECE, _LINE):
        old, new = pattern.findall(before), pattern.findall(after)
        head = _same_at_the_start(old, new)
        tail = _same_at_the_start(old[head:][::-1], new[head:][::-1])
        middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
        if len(middle_old) * len(middle_new) <= _MOST_STEPS:
            yield True, "".join(old[:head]), "".join(new[:head])
            yield from _matched(middle_old, middle_new)
            yield True, "".join(old[len(old) - tail :]), "".join(new[len(new) - tail :])
            return
    yield False, before, after


def _same_at_the_start(old: Sequence[str], new: Sequence[str]) -> int:
    return sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _matched(old: list[str], new: list[str]) -> Iterator[tuple[bool, str, str]]:
    for what, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield what == "equal", "".join(old[start:end]), "".join(new[new_start:new_end])
