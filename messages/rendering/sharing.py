"""More people than DingTalk mentions in one message, shared out over the groups that get it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dingtalk.payloads import MAX_MENTIONS
from messages.rendering.mentioning import GroupRules, Person


@dataclass(frozen=True, slots=True)
class SharingGroup:
    key: int
    rules: GroupRules


@dataclass(frozen=True, slots=True)
class Shares:
    """`left`: who found no place in any group."""

    by_group: Mapping[int, frozenset[Person]]
    left: tuple[Person, ...]


def shared_out(
    people: Sequence[Person],
    groups: Sequence[SharingGroup],
    *,
    known: Mapping[Person, Collection[int]],
    most: int = MAX_MENTIONS,
) -> Shares:
    """Each person in one group, `most` in each.

    People go by name, groups in the order given. Whoever is known to be in some of the groups is mentioned in the first
    of these that has room; then all others fill the groups up, one after the other. `known`: by the groups' keys.
    """
    shares: dict[int, list[Person]] = {group.key: [] for group in groups}
    left: list[Person] = []
    ordered = sorted(dict.fromkeys(people), key=lambda person: (person.name, person.number or 0))
    keys = set(shares)
    noted = [person for person in ordered if keys & set(known.get(person, ()))]
    there = set(noted)
    for person in noted:
        _place(person, [group for group in groups if group.key in known[person]], shares, left, most=most)
    for person in ordered:
        if person not in there:
            _place(person, groups, shares, left, most=most)
    return Shares({key: frozenset(share) for key, share in shares.items()}, tuple(left))


def _place(
    person: Person,
    groups: Sequence[SharingGroup],
    shares: Mapping[int, list[Person]],
    left: list[Person],
    *,
    most: int,
) -> None:
    for group in groups:
        if len(shares[group.key]) < most and group.rules.mark_of(person):
            shares[group.key].append(person)
            return
    left.append(person)
