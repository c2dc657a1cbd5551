"""Marks around what was put into a text, so that a preview can tell where each piece of it came from.

They are characters that no text has (Unicode keeps them for such uses), and never leave the preview.
"""

from __future__ import annotations

import re
from typing import Final

START: Final = "\ufdd0"
END: Final = "\ufdd1"
_FIRST: Final = 0xE000
MOST: Final = 1000
MARK: Final = re.compile(f"{START}([\ue000-\uf8ff])|{END}")


def marked(text: str, number: int) -> str:
    return f"{START}{chr(_FIRST + number % MOST)}{text}{END}" if text else text


def unmarked(text: str) -> str:
    return MARK.sub("", text)


def number_of(sign: str) -> int:
    """Of what stands behind a START."""
    return ord(sign) - _FIRST
