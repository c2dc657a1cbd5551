from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actors import Actor
from audit.log import record
from robots.masking import mask_mobile
from robots.models import Recipient, RecipientList, Robot
from robots.rules.mobiles import clean_mobile
from robots.rules.names import clean_name, clean_notes
from robots.rules.user_ids import clean_user_id
from robots.services.changes import changes


class RecipientTakenError(Exception):
    """`recipient` has this mobile or userId already."""

    def __init__(self, recipient: Recipient, *, field: str) -> None:
        super().__init__(f"recipient {recipient.pk} has this {field}")
        self.recipient = recipient
        self.field = field


def create_recipient(
    *,
    name: str,
    by: Actor,
    mobile: str = "",
    user_id: str = "",
    notes: str = "",
    lists: Iterable[RecipientList] = (),
    groups: Iterable[Robot] = (),
) -> Recipient:
    """Raises RecipientTakenError, and ValidationError for values that the forms refuse."""
    values = _cleaned(name=name, mobile=mobile, user_id=user_id, notes=notes)
    try:
        return _insert(Recipient(**values), lists=list(lists), groups=list(groups), by=by)
    except IntegrityError:
        _tell_conflict(values, but=None)
        raise


def update_recipient(
    recipient: Recipient,
    *,
    name: str,
    mobile: str,
    user_id: str,
    notes: str,
    lists: Iterable[RecipientList],
    by: Actor,
    groups: Iterable[Robot] | None = None,
) -> Recipient:
    """`groups` None keeps what is noted. Raises as create_recipient does."""
    values = _cleaned(name=name, mobile=mobile, user_id=user_id, notes=notes)
    try:
        noted = None if groups is None else list(groups)
        return _update(recipient.pk, values, lists=list(lists), groups=noted, by=by)
    except IntegrityError:
        _tell_conflict(values, but=recipient)
        raise


@transaction.atomic
def delete_recipient(recipient: Recipient, *, by: Actor) -> None:
    record("recipient.deleted", by=by, target=recipient)
    Recipient.objects.filter(pk=recipient.pk).delete()


def refuse_nobody(*, mobile: str, user_id: str) -> None:
    if not mobile and not user_id:
        raise ValidationError(
            _("A mobile number or a userId is needed; without either nobody can be mentioned."), code="nobody"
        )


@transaction.atomic
def _insert(recipient: Recipient, *, lists: list[RecipientList], groups: list[Robot], by: Actor) -> Recipient:
    recipient.save(force_insert=True)
    recipient.lists.set(lists)
    recipient.groups.set(groups)
    record("recipient.created", by=by, target=recipient, detail=_described(recipient, lists, groups))
    return recipient


@transaction.atomic
def _update(
    pk: int, values: dict[str, str], *, lists: list[RecipientList], groups: list[Robot] | None, by: Actor
) -> Recipient:
    recipient = Recipient.objects.select_for_update().get(pk=pk)
    noted = list(recipient.groups.all())
    before, old_mobile = _described(recipient, recipient.lists.all(), noted), recipient.mobile
    for field, value in values.items():
        setattr(recipient, field, value)
    recipient.save(update_fields=list(values))
    recipient.lists.set(lists)
    if groups is not None:
        recipient.groups.set(groups)
        noted = groups
    done = changes(before, _described(recipient, lists, noted))
    if recipient.mobile != old_mobile:
        # Two numbers may look alike when masked.
        done["mobile"] = [mask_mobile(old_mobile), mask_mobile(recipient.mobile)]
    if done:
        record("recipient.updated", by=by, target=recipient, detail=done)
    return recipient


def _cleaned(*, name: str, mobile: str, user_id: str, notes: str) -> dict[str, str]:
    mobile, user_id = clean_mobile(mobile), clean_user_id(user_id)
    refuse_nobody(mobile=mobile, user_id=user_id)
    return {"name": clean_name(name), "mobile": mobile, "user_id": user_id, "notes": clean_notes(notes)}


def _described(recipient: Recipient, lists: Iterable[RecipientList], groups: Iterable[Robot]) -> dict[str, object]:
    return {
        "name": recipient.name,
        "mobile": mask_mobile(recipient.mobile),
        "user_id": recipient.user_id,
        "lists": sorted(one.name for one in lists),
        "groups": sorted(robot.group_name or robot.name for robot in groups),
        "notes": recipient.notes,
    }


def _tell_conflict(values: dict[str, str], *, but: Recipient | None) -> None:
    for field in ("mobile", "user_id"):
        same = Recipient.objects.filter(**{field: values[field]}).exclude(pk=but.pk if but else 0)
        taken = same.first() if values[field] else None
        if taken:
            raise RecipientTakenError(taken, field=field)
