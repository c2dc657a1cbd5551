"""The exchange itself, and its way back: one transaction each, on record."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from audit.log import record
from messages.models import Draft, Succession
from messages.services.drafts import restore_version, save_draft
from messages.services.snapshots import Snapshot
from messages.services.succession.broadcasts import exchange_in_broadcast, restore_broadcast
from messages.services.succession.places import exchange_of, in_snapshot, places_of
from messages.services.succession.words import Exchange
from robots.models import Recipient, RecipientList


class NotTheNewest(Exception):
    """A later succession was not undone: it may have changed the same places."""


@transaction.atomic
def succeed(leaver: Recipient, successor: Recipient, *, by: Actor) -> Succession:
    """Put the successor in the leaver's place in every list, draft and broadcast that is still to fire.

    What has fired goes out as it was launched.
    """
    if leaver.pk == successor.pk:
        raise ValueError("nobody succeeds themselves")
    exchange = exchange_of(leaver, successor)
    places = places_of(exchange)
    changed = {
        "lists": [_in_list(one, leaver, successor, by=by) for one in places.lists],
        "drafts": [_in_draft(one, exchange, by=by) for one in places.drafts],
        "broadcasts": [done for one in places.broadcasts if (done := exchange_in_broadcast(one.pk, exchange, by=by))],
    }
    succession = Succession.objects.create(
        leaver=leaver,
        successor=successor,
        leaver_name=leaver.name,
        successor_name=successor.name,
        changed=changed,
        made_by_name=by.name,
    )
    counts = {kind: len(done) for kind, done in changed.items()}
    record("recipient.succeeded", by=by, target=leaver, detail={"successor": successor.name, **counts})
    return succession


@transaction.atomic
def undo(succession: Succession, *, by: Actor) -> int:
    """Back to how it was; returns how many places were changed since, or are gone, and stay as they are.

    Raises NotTheNewest. Undone twice, the second does nothing.
    """
    if Succession.objects.filter(pk__gt=succession.pk, undone_at=None).exists():
        raise NotTheNewest
    undone = Succession.objects.filter(pk=succession.pk, undone_at=None)
    if not undone.update(undone_at=timezone.now(), undone_by_name=by.name):
        return 0
    back = [
        *(_list_back(kept, succession, by=by) for kept in succession.changed["lists"]),
        *(_draft_back(kept, by=by) for kept in succession.changed["drafts"]),
        *(restore_broadcast(kept, by=by) for kept in succession.changed["broadcasts"]),
    ]
    left = back.count(False)
    detail = {"successor": succession.successor_name, "left": left}
    record("recipient.succession_undone", by=by, target=succession.leaver, detail=detail)
    return left


def _in_list(one: RecipientList, leaver: Recipient, successor: Recipient, *, by: Actor) -> dict[str, Any]:
    had = one.members.filter(pk=successor.pk).exists()
    one.members.remove(leaver)
    one.members.add(successor)
    record("recipient_list.updated", by=by, target=one, detail={"removed": leaver.name, "added": successor.name})
    return {"pk": one.pk, "had": had}


def _in_draft(draft: Draft, exchange: Exchange, *, by: Actor) -> dict[str, Any]:
    saved = save_draft(draft=draft, snapshot=in_snapshot(Snapshot.of(draft), exchange), based_on=draft.version, by=by)
    return {"pk": draft.pk, "before": draft.version, "after": saved.version}


def _list_back(kept: dict[str, Any], succession: Succession, *, by: Actor) -> bool:
    one = RecipientList.objects.filter(pk=kept["pk"]).first()
    if one is None or succession.leaver is None:
        return False
    one.members.add(succession.leaver)
    if succession.successor and not kept["had"]:
        one.members.remove(succession.successor)
    detail = {"removed": succession.successor_name, "added": succession.leaver_name}
    record("recipient_list.updated", by=by, target=one, detail=detail)
    return True


def _draft_back(kept: dict[str, Any], *, by: Actor) -> bool:
    """Only when nobody saved it since: what they wrote is worth more."""
    draft = Draft.objects.filter(pk=kept["pk"], version=kept["after"]).first()
    version = draft.versions.filter(number=kept["before"]).first() if draft else None
    if draft is None or version is None:
        return False
    restore_version(version=version, based_on=draft.version, by=by)
    return True
