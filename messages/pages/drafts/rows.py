"""The rows of a card's buttons or a feed's links, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from messages.forms.composition import Composition
from messages.forms.typed import Row, with_room
from messages.models import MessageType
from messages.pages.drafts.remarks import Remark


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of a row. `name` is the same in every row: their order tells them apart."""

    key: str
    name: str
    id: str
    value: str
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`position` counts from 0, `number` from 1. `focus`: which of its parts the keyboard stands on, or ""."""

    position: int
    cells: tuple[Cell, ...]
    first: bool
    last: bool
    focus: str

    @property
    def number(self) -> int:
        return self.position + 1


_CELLS: Final = {"button": ("title", "url"), "feed": ("title", "url", "picture")}


def rows_of(composition: Composition, beside: Mapping[str, Sequence[Remark]], *, focus: str) -> list[ShownRow]:
    """None for types without rows."""
    typed = with_room(composition.typed)
    match composition.msgtype:
        case MessageType.ACTION_CARD:
            return _shown("button", typed.buttons, beside, focus)
        case MessageType.FEED_CARD:
            return _shown("feed", typed.feed, beside, focus)
        case _:
            return []


def _shown(prefix: str, rows: Sequence[Row], beside: Mapping[str, Sequence[Remark]], focus: str) -> list[ShownRow]:
    shown = []
    for position, row in enumerate(rows):
        place = f"{prefix}-{position}-"
        cells = tuple(
            Cell(key, f"{prefix}_{key}", f"{place}{key}", getattr(row, key), beside.get(f"{place}{key}", ()))
            for key in _CELLS[prefix]
        )
        aim = focus.removeprefix(place) if focus.startswith(place) else ""
        shown.append(ShownRow(position, cells, position == 0, position == len(rows) - 1, aim))
    return shown
