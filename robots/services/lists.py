from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from audit.actors import Actor
from audit.log import record
from robots.models import Recipient, RecipientList
from robots.rules.names import clean_name
from robots.services.changes import changes


@transaction.atomic
def create_list(*, name: str, by: Actor, members: Iterable[Recipient] = ()) -> RecipientList:
    made = RecipientList.objects.create(name=clean_name(name))
    made.members.set(members)
    record("recipient_list.created", by=by, target=made)
    return made


@transaction.atomic
def rename_list(recipient_list: RecipientList, *, name: str, by: Actor) -> RecipientList:
    renamed = RecipientList.objects.select_for_update().get(pk=recipient_list.pk)
    before, renamed.name = renamed.name, clean_name(name)
    renamed.save(update_fields=["name"])
    if done := changes({"name": before}, {"name": renamed.name}):
        record("recipient_list.updated", by=by, target=renamed, detail=done)
    return renamed


@transaction.atomic
def delete_list(recipient_list: RecipientList, *, by: Actor) -> None:
    """The recipients stay."""
    record("recipient_list.deleted", by=by, target=recipient_list, detail={"members": recipient_list.members.count()})
    RecipientList.objects.filter(pk=recipient_list.pk).delete()


@transaction.atomic
def add_member(recipient_list: RecipientList, recipient: Recipient, *, by: Actor) -> bool:
    """False when they were on the list already."""
    if recipient_list.members.filter(pk=recipient.pk).exists():
        return False
    recipient_list.members.add(recipient)
    record("recipient_list.updated", by=by, target=recipient_list, detail={"added": recipient.name})
    return True


@transaction.atomic
def remove_member(recipient_list: RecipientList, recipient: Recipient, *, by: Actor) -> bool:
    """False when they were not on the list."""
    if not recipient_list.members.filter(pk=recipient.pk).exists():
        return False
    recipient_list.members.remove(recipient)
    record("recipient_list.updated", by=by, target=recipient_list, detail={"removed": recipient.name})
    return True


@transaction.atomic
def set_members(recipient_list: RecipientList, members: Iterable[Recipient], *, by: Actor) -> None:
    wanted = list(members)
    before = set(recipient_list.members.values_list("pk", flat=True))
    recipient_list.members.set(wanted)
    after = {member.pk for member in wanted}
    if before != after:
        detail = {"added": len(after - before), "removed": len(before - after)}
        record("recipient_list.updated", by=by, target=recipient_list, detail=detail)
