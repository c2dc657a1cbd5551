"""Whom a message mentions: people, lists and chips become the right `at` of each group, each person once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from dingtalk.payloads import MAX_MENTIONS, ActionCard, At, Problem
from messages.rendering.mentioning import GroupRules, InGroup, Person, PlacedChip, mentioned_in
from messages.rendering.message import MessageTemplate
from messages.rendering.sharing import Shares, SharingGroup, shared_out
from messages.services.chips import Chips, chips_of
from robots.models import Recipient, RecipientList, Robot


def resolve_mentions(*, everyone: bool, recipients: Iterable[Recipient], lists: Iterable[RecipientList]) -> At:
    """By mobile, which every group understands, else by userId; in the order of names.

    One query, and none when nobody is chosen. More people than DingTalk takes are no error here: the check tells.
    """
    person_ids, list_ids = [person.pk for person in recipients], [chosen.pk for chosen in lists]
    if not (person_ids or list_ids):
        return At(everyone=everyone)
    members = RecipientList.members.through.objects.filter(recipientlist__in=list_ids).values("recipient")
    people = Recipient.objects.filter(Q(pk__in=person_ids) | Q(pk__in=members)).order_by("name", "pk")
    names = list(people.values_list("mobile", "user_id"))
    return At(
        mobiles=tuple(mobile for mobile, _user_id in names if mobile),
        user_ids=tuple(user_id for mobile, user_id in names if not mobile),
        everyone=everyone,
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """One of the texts that groups read: whom it mentions, in which order, and where."""

    people: tuple[Person, ...]
    chips: tuple[PlacedChip, ...]
    typed: str


class Mentions:
    """Of one message in every group that gets it, each by the text that it reads (0 for all, then the own words).

    No query when nobody is mentioned; one for people, three more for chips. `sharing`: the groups that share out the
    people of a text with more of them than DingTalk takes, by that text; None when every group mentions all of them.
    """

    def __init__(
        self, at: At, templates: Sequence[MessageTemplate], *, sharing: Sequence[Sequence[Robot]] | None = None
    ) -> None:
        self._at = at
        self._card = isinstance(templates[0].message, ActionCard)
        self._chips: Chips = chips_of(templates)
        chosen = _people_of(at)
        self._texts = [self._text(template, chosen) for template in templates]
        self._sharing = sharing
        self._shares: dict[int, Shares] = {}
        self._same: dict[tuple[int, bool], InGroup] = {}

    @cached_property
    def everybody(self) -> tuple[Person, ...]:
        """Whoever is mentioned in some group."""
        return tuple(dict.fromkeys(person for text in self._texts for person in text.people))

    @cached_property
    def names(self) -> dict[str, str]:
        """Of those who have one, by mobile and by userId."""
        people = [person for person in self.everybody if person.name]
        return {mark: person.name for person in people for mark in (person.mobile, person.user_id) if mark}

    @cached_property
    def uniform(self) -> bool:
        """Whether every group gets the same `at`, whatever is noted of it."""
        if len(self._texts) > 1 or self._is_shared(0):
            return False
        alike = {rules: [rules.mark_of(person) for person in self.everybody] for rules in self._all_rules()}
        return len({tuple(marks) for marks in alike.values()}) <= 1

    @cached_property
    def at(self) -> At:
        """Everybody whom the message mentions in some group, by the mark of a group of the own organisation."""
        return mentioned_in(self.everybody, (), rules=self._rules(external=False), everyone=self._at.everyone).at

    def in_group(self, robot: Robot, text: int) -> InGroup:
        if self._is_shared(text):
            return self._of(text, robot.external, present=self.shares(text).by_group.get(robot.pk, frozenset()))
        return self.in_any_group(text, external=robot.external)

    def in_any_group(self, text: int, *, external: bool = False) -> InGroup:
        if (text, external) not in self._same:
            self._same[text, external] = self._of(text, external, present=None)
        return self._same[text, external]

    def shares(self, text: int) -> Shares:
        """Only of a text that is shared out."""
        if text not in self._shares:
            groups = [SharingGroup(robot.pk, self._rules(robot.external)) for robot in (self._sharing or ())[text]]
            self._shares[text] = shared_out(self._texts[text].people, groups, known=self.noted)
        return self._shares[text]

    def nowhere(self) -> tuple[Person, ...]:
        """Who finds no place in any of the groups that share them out."""
        shared = [text for text in range(len(self._texts)) if self._is_shared(text) and (self._sharing or ())[text]]
        return tuple(dict.fromkeys(person for text in shared for person in self.shares(text).left))

    def shared_texts(self) -> list[int]:
        return [text for text in range(len(self._texts)) if self._is_shared(text)]

    def too_many(self) -> tuple[Person, ...]:
        """Whom DingTalk would not mention any more, of the text that mentions most; those before them fit."""
        longest = max((text.people for text in self._texts), key=len)
        return () if self._sharing is not None else longest[MAX_MENTIONS:]

    def faults_of(self, template: MessageTemplate) -> tuple[Problem, ...]:
        return self._chips.faults_of(template)

    @cached_property
    def noted(self) -> Mapping[Person, Collection[int]]:
        """In which robots' groups people are; without those of whom nothing is noted. One query."""
        by_number = {person.number: person for person in self.everybody if person.number}
        noted: dict[Person, set[int]] = defaultdict(set)
        if by_number:
            pairs = Recipient.groups.through.objects.filter(recipient__in=by_number)
            for number, robot in pairs.values_list("recipient_id", "robot_id"):
                noted[by_number[number]].add(robot)
        return dict(noted)

    def _text(self, template: MessageTemplate, chosen: Sequence[Person]) -> _Text:
        placed = tuple(self._chips.placed(template))
        people = dict.fromkeys([*chosen, *(person for chip in placed for person in chip.people)])
        return _Text(tuple(people), placed, template.typed)

    def _is_shared(self, text: int) -> bool:
        return self._sharing is not None and len(self._texts[text].people) > MAX_MENTIONS

    def _rules(self, external: bool) -> GroupRules:
        return GroupRules(external=external, by_user_id=self._card)

    def _all_rules(self) -> Iterator[GroupRules]:
        yield from (self._rules(external) for external in (False, True))

    def _of(self, text: int, external: bool, *, present: Collection[Person] | None) -> InGroup:
        said = self._texts[text]
        return mentioned_in(
            said.people,
            said.chips,
            rules=self._rules(external),
            present=present,
            everyone=self._at.everyone,
            typed=said.typed,
        )


def person_of(recipient: Recipient) -> Person:
    return Person(recipient.name, recipient.mobile, recipient.user_id, recipient.pk)


def _people_of(at: At) -> list[Person]:
    """In the order of `at`; whoever is no recipient is known by what stands there."""
    if not (at.mobiles or at.user_ids):
        return []
    found = Recipient.objects.filter(Q(mobile__in=at.mobiles) | Q(user_id__in=at.user_ids))
    people = [person_of(recipient) for recipient in found.only("name", "mobile", "user_id")]
    by_mobile = {person.mobile: person for person in people if person.mobile}
    by_user_id = {person.user_id: person for person in people if person.user_id}
    return [
        *(by_mobile.get(mobile) or Person("", mobile=mobile) for mobile in at.mobiles),
        *(by_user_id.get(user_id) or Person("", user_id=user_id) for user_id in at.user_ids),
    ]
