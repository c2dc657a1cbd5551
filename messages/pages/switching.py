"""Which of many groups a preview shows: a list to choose from, with a search where there are too many for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """`own`: this group reads words of its own."""

    pk: int
    group: str
    robot: str
    own: bool = False

    @property
    def label(self) -> str:
        return f"{self.group} · {self.robot}" if self.group and self.group != self.robot else self.robot


@dataclass(frozen=True, slots=True)
class Switch:
    """`total`: how many groups there are; `position` counts from 1. `own` and `others`: those that are listed.

    `more`: the search finds others than those. `back` and `on`: the groups before and after, round and round; None when
    there is no other.
    """

    chosen: Choice | None
    total: int
    position: int
    own: Sequence[Choice]
    others: Sequence[Choice]
    search: str
    more: bool
    found: int
    back: Choice | None
    on: Choice | None

    @property
    def many(self) -> bool:
        return self.total > LISTED

    @property
    def listed(self) -> Sequence[Choice]:
        return [*self.own, *self.others]


def switch_of(choices: Iterable[Choice], *, chosen: int | None, search: str = "") -> Switch:
    """Groups with words of their own come first. The chosen one is listed wherever it stands; without one it is the
    first that reads what all do, for that is what is being written.
    """
    ordered = sorted(choices, key=lambda choice: not choice.own)
    position = _position(ordered, chosen)
    now = ordered[position] if ordered else None
    found = [choice for choice in ordered if _matches(choice, search)]
    listed = found[:LISTED]
    if now and now not in listed:
        listed = [now, *listed]
    return Switch(
        chosen=now,
        total=len(ordered),
        position=position + 1,
        own=[choice for choice in listed if choice.own],
        others=[choice for choice in listed if not choice.own],
        search=search,
        more=len(found) > LISTED,
        found=len(found),
        back=ordered[position - 1] if len(ordered) > 1 else None,
        on=ordered[(position + 1) % len(ordered)] if len(ordered) > 1 else None,
    )


def _position(choices: Sequence[Choice], chosen: int | None) -> int:
    known = (place for place, choice in enumerate(choices) if choice.pk == chosen)
    common = (place for place, choice in enumerate(choices) if not choice.own)
    return next(known, next(common, 0))


def _matches(choice: Choice, search: str) -> bool:
    """Every word somewhere: `north shop` finds the shop in the north."""
    return all(word in f"{choice.group} {choice.robot}".casefold() for word in search.casefold().split())
