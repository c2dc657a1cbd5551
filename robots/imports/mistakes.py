from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Cleaned = TypeVar("Cleaned")
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """`line` is the physical line of the file, 1 for the first; `column` is "" for what concerns the whole line."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        if not self.column:
            return _("Line %(line)d: %(text)s") % {"line": self.line, "text": self.text}
        return _("Line %(line)d, %(column)s: %(text)s") % {"line": self.line, "column": self.column, "text": self.text}


class ImportRefused(Exception):
    """Nothing was imported; `mistakes` are in the order of the file."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = tuple(sorted(mistakes))


def mistakes_in(refused: ImportRefused | None) -> dict[str, object]:
    """What robots/_mistakes.html shows: the first of them, none before anything was refused."""
    mistakes = refused.mistakes if refused else ()
    return {
        "mistakes": mistakes[:MOST_SHOWN],
        "mistake_count": len(mistakes),
        "not_shown": max(0, len(mistakes) - MOST_SHOWN),
    }


@dataclass(frozen=True, slots=True)
class MistakeLog:
    """Collects what is wrong, so that a person gets all of it at once."""

    found: list[Mistake]

    def add(self, line: int, column: str, text: str) -> None:
        self.found.append(Mistake(line, column, text))

    def cleaned(self, line: int, column: str, clean: Callable[[], Cleaned]) -> Cleaned | None:
        """What `clean` gives; None when it refuses, which is noted."""
        try:
            return clean()
        except ValidationError as error:
            for message in error.messages:
                self.add(line, column, message)
            return None

    def refuse_if_any(self) -> None:
        if self.found:
            raise ImportRefused(self.found)
