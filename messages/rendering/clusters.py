"""What people see as one character, though it is several: accents, emoji of families and flags, Hangul syllables."""

from __future__ import annotations

import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"
_SKINS: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
_HANGUL_MIDDLES: Final = range(0x1160, 0x1200)
_HANGUL: Final = (range(0x1100, 0x1200), range(0xAC00, 0xD7A4))


def is_boundary(text: str, place: int) -> bool:
    """Whether nothing that is seen as one is cut before the character at `place`."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if before == "\n":
        return True
    if before < "\u0300" and after < "\u0300":
        return not (before == "\r" and after == "\n")
    return not (_extends(after) or before == "\u200d" or _is_surrogate_pair(before, after) or _cuts(text, place))


def _extends(sign: str) -> bool:
    """Belongs to the sign before it."""
    return sign in _JOINERS or ord(sign) in _SKINS or ord(sign) in _TAGS or unicodedata.category(sign).startswith("M")


def _is_surrogate_pair(before: str, after: str) -> bool:
    return "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff"


def _cuts(text: str, place: int) -> bool:
    before, after = ord(text[place - 1]), ord(text[place])
    if before in _FLAG_LETTERS and after in _FLAG_LETTERS:
        return _flag_letters_before(text, place) % 2 == 1
    return after in _HANGUL_MIDDLES and any(before in syllables for syllables in _HANGUL)


def _flag_letters_before(text: str, place: int) -> int:
    count = 0
    while count < place and ord(text[place - 1 - count]) in _FLAG_LETTERS:
        count += 1
    return count
