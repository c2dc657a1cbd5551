"""Finds the row that a person means by a name: that very name, or a part that fits no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, Final

from django.db.models import Case, Model, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

FEW: Final = 200  # more than these nobody looks through, and a page of them is slow to draw
SHOWN: Final = 20
NEAREST: Final = 5
_CANDIDATES: Final = 200
_MOST_DIGITS: Final = 18  # what a 64-bit column surely holds
_LONGEST: Final = 150  # no name is longer


@dataclass(frozen=True, slots=True)
class Asked:
    """`number` is a row's key, as links have it, and wins; `text` is what a person typed."""

    number: str = ""
    text: str = ""

    @classmethod
    def given(cls, number: str, text: str) -> Asked:
        """An address written by hand may have a name where a link has the number."""
        number, text = number.strip(), " ".join(text.replace("\0", "").split())[:_LONGEST]
        if number and not number.isdecimal():
            return cls(text=" ".join(number.replace("\0", "").split())[:_LONGEST])
        return cls(number, text)


@dataclass(frozen=True, slots=True)
class Found:
    """One row; or a problem and the rows that may be meant; or none of them, when nothing was asked for."""

    row: Model | None = None
    problem: str | Promise = ""
    near: tuple[Model, ...] = ()


class RowSearch:
    """Of one page: what was looked up is kept. `names`: the fields to search, the first being what a row is called."""

    def __init__(self, rows: QuerySet[Any], names: Sequence[str]) -> None:
        self._rows = rows
        self._names = tuple(names)
        self._found: dict[Asked, Found] = {}

    def anew(self) -> RowSearch:
        return RowSearch(self._rows.all(), self._names)

    @cached_property
    def first(self) -> list[Model]:
        """All of them if they are few; else the first, and one more than FEW."""
        return list(self._rows[: FEW + 1])

    @property
    def many(self) -> bool:
        return len(self.first) > FEW

    def shown(self, text: str) -> list[Model]:
        """What to offer while a person types."""
        return list(self._fitting(text)[:SHOWN]) if text else self.first[:SHOWN]

    def find(self, asked: Asked) -> Found:
        if asked not in self._found:
            self._found[asked] = self._find(asked)
        return self._found[asked]

    def _find(self, asked: Asked) -> Found:
        if asked.number:
            row = self._numbered(asked.number)
            return Found(row) if row else Found(problem=_("It is not there any more. Choose another one."))
        return self._called(asked.text) if asked.text else Found()

    def _numbered(self, number: str) -> Model | None:
        if len(number) > _MOST_DIGITS:
            return None
        if not self.many:
            return next((row for row in self.first if row.pk == int(number)), None)
        return self._rows.filter(pk=int(number)).first()

    def _called(self, text: str) -> Found:
        own = self._names[0]
        so_called = list(self._rows.filter(**{f"{own}__iexact": text})[:SHOWN])
        # Names that differ by case alone are different names.
        exactly = [row for row in so_called if getattr(row, own) == text] or so_called
        fitting = exactly if len(exactly) == 1 else list(self._fitting(text)[:NEAREST])
        if len(fitting) == 1:
            return Found(fitting[0])
        if fitting:
            return Found(None, _quoting(_("Several fit “{text}”. Which one?"), text), tuple(fitting))
        near = self._near(text)
        problem = _("Nothing fits “{text}”. Did you mean:") if near else _("Nothing fits “{text}”.")
        return Found(None, _quoting(problem, text), near)

    def _fitting(self, text: str) -> QuerySet[Any]:
        """Every word somewhere in one of the names; first those whose own name begins so."""
        wanted = Q()
        for word in text.split():
            wanted &= self._any_name("icontains", word)
        begins = Case(When(**{f"{self._names[0]}__istartswith": text}, then=0), default=1)
        return self._rows.filter(wanted).order_by(begins, self._names[0])

    def _any_name(self, lookup: str, text: str) -> Q:
        wanted = Q()
        for name in self._names:
            wanted |= Q(**{f"{name}__{lookup}": text})
        return wanted

    def _near(self, text: str) -> tuple[Model, ...]:
        """Rows that share the longest part with the text: whatever was mistyped, one half of it is right."""
        own = self._names[0]
        for part in _parts(text):
            candidates = self._rows.filter(**{f"{own}__icontains": part})[:_CANDIDATES]
            likest = sorted(candidates, key=lambda row: _likeness(str(getattr(row, own)), text), reverse=True)
            if likest:
                return tuple(likest[:NEAREST])
        return ()


def _parts(text: str) -> tuple[str, ...]:
    """Beginnings and ends, the longer ones first."""
    sizes = sorted({size for size in (len(text) * 3 // 4, len(text) // 2) if size}, reverse=True)
    return tuple(part for size in sizes for part in (text[:size], text[-size:]))


def _likeness(name: str, text: str) -> float:
    return SequenceMatcher(None, name.casefold(), text.casefold()).ratio()


def _quoting(sentence: Promise, text: str) -> str | Promise:
    return format_lazy(sentence, text=text)
