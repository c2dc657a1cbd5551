"""One person instead of another in words: chips and marks of texts, and what a launch froze of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dingtalk.payloads import At
from dingtalk.payloads.mentions import marks_in, with_other_marks
from messages.rendering.chips import CHIP, OPENER, Wanted, chip_of_person, wanted, with_other_chips
from messages.rendering.mentioning import GroupRules, Person
from messages.rendering.template import literal


@dataclass(frozen=True, slots=True)
class Exchange:
    """`named`: whether the old one's, and the new one's, name alone tells who is meant."""

    old: Person
    new: Person
    old_named: bool
    new_named: bool

    @property
    def old_marks(self) -> tuple[str, ...]:
        return tuple(mark for mark in (self.old.mobile, self.old.user_id) if mark)

    @property
    def chip(self) -> str:
        return chip_of_person(self.new.name, self.new.number or 0, numbered=not self.new_named)

    def means_old(self, who: Wanted) -> bool:
        if who.numbered:
            return who.person == self.old.number
        return self.old_named and who.name == self.old.name

    def stands_in(self, text: str) -> bool:
        """Whether a text as an author writes it mentions the old one."""
        if any(self.means_old(wanted(found["name"])) for found in CHIP.finditer(text)):
            return True
        return bool(marks_in(text, At(self.old_marks)))

    def in_source(self, text: str) -> str:
        """Of a text as an author writes it; a mark that was typed by hand becomes a chip."""
        return with_other_marks(with_other_chips(text, means=self.means_old, new=self.chip), self.old_marks, self.chip)

    def in_frozen(self, text: str, mark: str) -> str:
        """Of a text that was launched: its chips stay, what stands for them is beside it."""
        return with_other_marks(text, self.old_marks, f"@{mark}" if mark else literal(self.new.name))

    def at(self, at: At, rules: GroupRules) -> At:
        """In the same place; once, if the new one was there already."""
        mark, gone = rules.mark_of(self.new), set(self.old_marks)
        of_mobile = bool(mark) and mark == self.new.mobile
        mobiles, ids = _put(at.mobiles, gone, mark if of_mobile else ""), _put(at.user_ids, gone, "")
        if mark and gone & {*at.mobiles, *at.user_ids}:
            (mobiles if of_mobile else ids)[mark] = None
        return At(tuple(mobiles), tuple(ids), at.everyone)

    def values(self, values: Mapping[str, str], mark: str) -> dict[str, str]:
        """What stands for a text's chips in one group."""
        there = any(f"@{mark}" in _marks(value) for value in _of_chips(values)) if mark else False
        changed = dict(values)
        for key, value in values.items():
            if not key.startswith(OPENER):
                continue
            marks = _marks(value)
            if not marks:
                changed[key] = self.new.name if value == self.old.name else value
                continue
            kept = []
            for each in marks:
                if each[1:] not in self.old_marks:
                    kept.append(each)
                elif mark and not there:
                    kept.append(f"@{mark}")
                    there = True
            changed[key] = " ".join(kept) or self.new.name
        return changed


def _put(marks: Collection[str], gone: Collection[str], new: str) -> dict[str, None]:
    """Without those who are gone, the new one in their place; "" for none."""
    return {each: None for mark in marks if (each := new if mark in gone else mark)}


def _of_chips(values: Mapping[str, str]) -> Collection[str]:
    return [value for key, value in values.items() if key.startswith(OPENER)]


def _marks(value: str) -> list[str]:
    """The marks that stand for a chip; none where its label does."""
    pieces = value.split(" ")
    return pieces if all(len(piece) > 1 and piece.startswith("@") for piece in pieces) else []
