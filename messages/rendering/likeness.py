"""How much two texts are alike: cheap, and bounded for texts of any length."""

from __future__ import annotations

import unicodedata
from typing import Final

# So much of a text tells whether it is another one; what follows is not read.
LONGEST: Final = 2_000
_GRAM: Final = 3

Grams = frozenset[str]


def grams_of(text: str) -> Grams:
    """Every three characters in a row, without spaces, punctuation and case: what word lists are to languages with
    spaces, and works for Chinese."""
    plain = "".join(sign for sign in text[: 2 * LONGEST].casefold() if _counts(sign))[:LONGEST]
    if len(plain) <= _GRAM:
        return frozenset([plain] if plain else [])
    return frozenset(plain[at : at + _GRAM] for at in range(len(plain) - _GRAM + 1))


def likeness(one: Grams, other: Grams) -> float:
    """From 0, nothing in common, to 1, the same: which share of either is in the other, too (Dice's coefficient)."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def _counts(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNS"
