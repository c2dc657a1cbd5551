"""Who is meant by the mentions that are placed in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from dingtalk.payloads import Problem
from messages.rendering.chips import Wanted, chip_of_list, chip_of_person, wanted
from messages.rendering.mentioning import Person, PlacedChip
from messages.rendering.message import BODIES, MessageTemplate
from messages.rendering.template import Chip, nearest
from robots.masking import mask_mobile
from robots.models import Recipient, RecipientList

MOST_NAMES: Final = 2000  # looked through for the nearest one
MOST_CHOICES: Final = 5


@dataclass(frozen=True, slots=True)
class _Choice:
    """One whom a chip may mean. `chip`: how it is told from others of the same name."""

    number: int
    people: tuple[Person, ...]
    label: str
    chip: str
    detail: str


class Chips:
    """`choices`: by what stands between the brackets; exactly one is meant, none or several are a fault."""

    def __init__(self, choices: Mapping[str, Sequence[_Choice]]) -> None:
        self._choices = choices

    def placed(self, template: MessageTemplate) -> Iterator[PlacedChip]:
        for chip in template.chips:
            if len(found := self._choices.get(chip.written, ())) == 1:
                yield PlacedChip(chip.name, found[0].people, found[0].label)

    def faults_of(self, template: MessageTemplate) -> tuple[Problem, ...]:
        return tuple(
            problem
            for place, text in template.texts.items()
            for chip in text.chips
            if (problem := self._fault(chip, place))
        )

    def _fault(self, chip: Chip, place: str) -> Problem | None:
        told: dict[str, str | int] = {"line": chip.line, "column": chip.column, "name": chip.written}
        if place not in BODIES:
            return Problem("mention_elsewhere", place, told)
        found = self._choices.get(chip.written, ())
        if not found:
            return Problem("mention_unknown", place, {**told, "nearest": _nearest_name(chip.written)})
        if len(found) > 1:
            choices = ", ".join(f"{each.chip} ({each.detail})" for each in found[:MOST_CHOICES])
            return Problem("mention_ambiguous", place, {**told, "choices": choices})
        return None


def chips_of(templates: Sequence[MessageTemplate]) -> Chips:
    """No query without chips, else three: people, lists, and who is on these."""
    written = {chip.written for template in templates for text in template.texts.values() for chip in text.chips}
    if not written:
        return Chips({})
    meant = {each: wanted(each) for each in written}
    people, lists = _people([*meant.values()]), _lists([*meant.values()])
    return Chips({each: [*_fitting(who, people, lists)] for each, who in meant.items()})


def _fitting(who: Wanted, people: Sequence[_Choice], lists: Sequence[_Choice]) -> Iterator[_Choice]:
    if who.list is None:
        yield from (each for each in people if who.person in {None, each.number} and _is_called(who, each))
    if who.person is None:
        yield from (each for each in lists if who.list in {None, each.number} and _is_called(who, each))


def _is_called(who: Wanted, each: _Choice) -> bool:
    """A number says it all: the person may have another name by now."""
    return who.numbered or who.name == each.label


def _people(wanted_ones: Collection[Wanted]) -> list[_Choice]:
    names = {who.name for who in wanted_ones if who.person is None and who.list is None}
    numbers = {who.person for who in wanted_ones if who.person is not None}
    found = Recipient.objects.filter(Q(name__in=names) | Q(pk__in=numbers)).order_by("pk")
    return [
        _Choice(
            number=one.pk,
            people=(Person(one.name, one.mobile, one.user_id, one.pk),),
            label=one.name,
            chip=chip_of_person(one.name, one.pk, numbered=True),
            detail=mask_mobile(one.mobile) if one.mobile else one.user_id,
        )
        for one in found.only("name", "mobile", "user_id")
    ]


def _lists(wanted_ones: Collection[Wanted]) -> list[_Choice]:
    names = {who.name for who in wanted_ones if who.person is None and who.list is None}
    numbers = {who.list for who in wanted_ones if who.list is not None}
    found = list(RecipientList.objects.filter(Q(name__in=names) | Q(pk__in=numbers)).order_by("pk"))
    members: dict[int, list[Person]] = defaultdict(list)
    if found:
        pairs = RecipientList.members.through.objects.filter(recipientlist__in=found).order_by("recipient__name", "pk")
        columns = ("recipientlist_id", "recipient__name", "recipient__mobile", "recipient__user_id", "recipient_id")
        for number, *who in pairs.values_list(*columns):
            members[number].append(Person(*who))
    return [
        _Choice(one.pk, tuple(members[one.pk]), one.name, chip_of_list(one.name, one.pk, numbered=True), _("a list"))
        for one in found
    ]


def _nearest_name(written: str) -> str:
    names = [
        *Recipient.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES],
        *RecipientList.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES],
    ]
    return nearest(wanted(written).name, names)
