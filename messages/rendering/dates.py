"""The formats of a run's date and time: a closed set of signs, so that every machine writes the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.dates import WEEKDAYS

SIGNS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "%Y": lambda moment: f"{moment.year:04d}",
    "%m": lambda moment: f"{moment.month:02d}",
    "%-m": lambda moment: str(moment.month),
    "%d": lambda moment: f"{moment.day:02d}",
    "%-d": lambda moment: str(moment.day),
    "%H": lambda moment: f"{moment.hour:02d}",
    "%-H": lambda moment: str(moment.hour),
    "%M": lambda moment: f"{moment.minute:02d}",
    "%A": lambda moment: _weekday(moment),
    "%%": lambda _moment: "%",
}
DATE: Final = "%Y-%m-%d"
TIME: Final = "%H:%M"
_SIGN: Final = re.compile(r"%-?.?", re.DOTALL)


def _weekday(moment: datetime) -> str:
    """In the installation's language: a page that previews a message may be in another."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(WEEKDAYS[moment.weekday()])


def unknown_signs(pattern: str) -> list[str]:
    return [sign for sign in _SIGN.findall(pattern) if sign not in SIGNS]


def written(moment: datetime, pattern: str) -> str:
    """The moment by its own clock. `pattern` has no unknown signs."""
    return _SIGN.sub(lambda found: SIGNS[found.group()](moment), pattern)
