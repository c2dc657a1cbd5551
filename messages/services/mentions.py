"""Whom a message mentions: people and lists, each person once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from dingtalk.payloads import At
from robots.models import Recipient, RecipientList


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
