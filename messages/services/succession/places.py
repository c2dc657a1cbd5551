"""Where somebody would be mentioned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Draft
from messages.rendering.contents import mapped, texts_in
from messages.services.mentions import person_of
from messages.services.snapshots import Snapshot
from messages.services.succession.words import Exchange
from robots.models import Recipient, RecipientList


@dataclass(frozen=True, slots=True)
class Places:
    lists: Sequence[RecipientList]
    drafts: Sequence[Draft]
    broadcasts: Sequence[Broadcast]

    @property
    def total(self) -> int:
        return len(self.lists) + len(self.drafts) + len(self.broadcasts)


def exchange_of(old: Recipient, new: Recipient) -> Exchange:
    return Exchange(person_of(old), person_of(new), old_named=_is_alone(old), new_named=_is_alone(new))


def places_of(exchange: Exchange) -> Places:
    """A few queries; the texts of all drafts are looked through, for a mention may be placed in them."""
    old = exchange.old.number
    drafts = [
        draft
        for draft in Draft.objects.prefetch_related("mention_recipients").order_by("name", "pk")
        if any(person.pk == old for person in draft.mention_recipients.all()) or _is_placed(draft, exchange)
    ]
    return Places(list(RecipientList.objects.filter(members=old).order_by("name")), drafts, _planned(exchange))


def in_snapshot(snapshot: Snapshot, exchange: Exchange) -> Snapshot:
    return Snapshot.from_json(
        {
            **snapshot.to_json(),
            "content": mapped(snapshot.content, exchange.in_source),
            "overrides": mapped(snapshot.overrides, exchange.in_source),
            "mention_recipients": sorted(
                {exchange.new.number if pk == exchange.old.number else pk for pk in snapshot.mention_recipients}
            ),
        }
    )


def _planned(exchange: Exchange) -> list[Broadcast]:
    marks = set(exchange.old_marks)
    planned = Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED, kind=BroadcastKind.BROADCAST)
    return [one for one in planned.order_by("next_at", "pk") if marks & {*one.at_mobiles, *one.at_user_ids}]


def _is_placed(draft: Draft, exchange: Exchange) -> bool:
    return any(map(exchange.stands_in, texts_in([draft.content, draft.overrides])))


def _is_alone(recipient: Recipient) -> bool:
    """Whether nobody else, and no list, is called so."""
    others = Recipient.objects.filter(name=recipient.name).exclude(pk=recipient.pk)
    return not others.exists() and not RecipientList.objects.filter(name=recipient.name).exists()
