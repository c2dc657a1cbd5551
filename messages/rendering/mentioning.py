"""Whom a message mentions in one group, and what stands in its text for them: every one of them there, exactly once.

DingTalk marks a person only when `@mobile` or `@userId` stands in the text, and shows a bare `@…` of nobody as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dingtalk.payloads import At
from dingtalk.payloads.mentions import marks_in


@dataclass(frozen=True, slots=True)
class Person:
    """`number` None: nobody whom staff keeps, known by the mobile or the userId alone."""

    name: str
    mobile: str = ""
    user_id: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedChip:
    """One chip of a text, in its order. `key`: what it is called among the text's variables. `label`: in plain words.

    A list that is placed where a person is already mentioned does not mention them again.
    """

    key: str
    people: tuple[Person, ...]
    label: str


@dataclass(frozen=True, slots=True)
class GroupRules:
    """`external`: people of other organisations are in it. `by_user_id`: the type's mentions are by userId first."""

    external: bool = False
    by_user_id: bool = False

    def mark_of(self, person: Person) -> str:
        """What stands behind the @; "" where the person cannot be mentioned."""
        if self.external:
            return person.mobile
        if self.by_user_id:
            return person.user_id or person.mobile
        return person.mobile or person.user_id


@dataclass(frozen=True, slots=True)
class InGroup:
    """`texts`: what stands in the place of each chip. `unable`: who would be mentioned and cannot be in this group."""

    at: At
    texts: Mapping[str, str]
    people: tuple[Person, ...]
    unable: tuple[Person, ...] = ()


def mentioned_in(
    people: Sequence[Person],
    chips: Sequence[PlacedChip],
    *,
    rules: GroupRules,
    present: Collection[Person] | None = None,
    everyone: bool = False,
    typed: str = "",
) -> InGroup:
    """`present`: whom this group mentions of all these people; None for all. `typed`: the text without its chips."""
    wanted = [person for person in dict.fromkeys(people) if present is None or person in present]
    marks = {person: mark for person in wanted if (mark := rules.mark_of(person))}
    at = At(
        mobiles=tuple(dict.fromkeys(mark for person, mark in marks.items() if mark == person.mobile)),
        user_ids=tuple(dict.fromkeys(mark for person, mark in marks.items() if mark != person.mobile)),
        everyone=everyone,
    )
    return InGroup(
        at=at,
        texts=_texts(chips, marks, typed=marks_in(typed, at)),
        people=tuple(marks),
        unable=tuple(person for person in wanted if person not in marks),
    )


def _texts(chips: Sequence[PlacedChip], marks: Mapping[Person, str], *, typed: Collection[str]) -> dict[str, str]:
    """Whoever stands there already is a name, not a second mark."""
    seen, texts = set(typed), {}
    for chip in chips:
        here = dict.fromkeys(marks[person] for person in chip.people if person in marks)
        fresh = [mark for mark in here if mark not in seen]
        seen.update(fresh)
        texts[chip.key] = " ".join(f"@{mark}" for mark in fresh) or chip.label
    return texts
