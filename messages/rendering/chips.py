"""Mentions as an author writes them: @[Li Wei] for a person, @[On call] for a list of people.

Where two are called the same, a number tells them apart: @[Li Wei#17], @[On call#list3]. A link after an @ is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

OPENER: Final = "@["
CHIP: Final = re.compile(r"@\[(?P<name>[^\[\]{}\n]{1,130})\](?!\()")
_NUMBERED: Final = re.compile(r"(?P<name>.*)#(?P<list>list)?(?P<number>[0-9]{1,15})")
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]{}\n]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is meant: by number, or without one by name."""

    name: str
    person: int | None = None
    list: int | None = None

    @property
    def numbered(self) -> bool:
        return self.person is not None or self.list is not None


def wanted(written: str) -> Wanted:
    """What stands between the brackets."""
    found = _NUMBERED.fullmatch(written)
    if not found:
        return Wanted(written.strip())
    name, number = found["name"].strip(), int(found["number"])
    return Wanted(name, list=number) if found["list"] else Wanted(name, person=number)


def chip_of_person(name: str, number: int, *, numbered: bool = False) -> str:
    return _chip(name, f"#{number}", numbered=numbered)


def chip_of_list(name: str, number: int, *, numbered: bool = False) -> str:
    return _chip(name, f"#list{number}", numbered=numbered)


def with_other_chips(text: str, *, means: Callable[[Wanted], bool], new: str) -> str:
    """`means`: whether a chip is one of those that are replaced."""
    return CHIP.sub(lambda found: new if means(wanted(found["name"])) else found.group(), text)


def in_plain_words(text: str) -> str:
    """As one reads it who is not mentioned by it."""
    return CHIP.sub(lambda found: wanted(found["name"]).name, text)


def _chip(name: str, number: str, *, numbered: bool) -> str:
    """A name that cannot stand between brackets is told by its number."""
    readable = _NOT_IN_A_NAME.sub("", name)
    needed = numbered or readable != name or _NUMBERED.fullmatch(name) is not None or name != name.strip()
    return f"@[{readable}{number if needed else ''}]"
