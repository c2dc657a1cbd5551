"""The groups that a fresh installation starts with: what people do here, in one permission set each."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

_READ: Final = (
    "robots.view_robot",
    "robots.view_tag",
    "robots.view_organisation",
    "robots.view_recipient",
    "robots.view_recipientlist",
    "broadcasts.view_draft",
    "broadcasts.view_broadcast",
    "broadcasts.view_delivery",
    "broadcasts.view_notice",
    "broadcasts.view_calendaryear",
    "broadcasts.view_ownday",
)
_COMPOSE: Final = ("broadcasts.add_draft", "broadcasts.change_draft", "broadcasts.delete_draft")
_MANAGE: Final = tuple(
    f"robots.{verb}_{noun}"
    for noun in ("robot", "tag", "organisation", "recipient", "recipientlist")
    for verb in ("add", "change", "delete")
)

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "Viewers": _READ,
    "Composers": (*_READ, *_COMPOSE),
    # Whoever may send may also stop everything: a brake that only administrators can reach is none.
    "Senders": (
        *_READ,
        *_COMPOSE,
        "broadcasts.send_broadcast",
        "broadcasts.stop_all",
        "broadcasts.change_notice",
    ),
    "Robot managers": (
        *_READ,
        *_MANAGE,
        "broadcasts.change_notice",
        "broadcasts.change_calendaryear",
        "broadcasts.change_ownday",
    ),
    "Auditors": (*_READ, "audit.view_entry"),
}


@transaction.atomic
def make_missing_roles() -> list[str]:
    """Make the groups that are not there, and return their names. One that exists stays as administrators made it."""
    there = set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True))
    missing = [name for name in ROLES if name not in there]
    for name in missing:
        Group.objects.create(name=name).permissions.set(_permissions(ROLES[name]))
    return missing


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    """Loud when one is unknown: a role that silently lacks a right would be found by the person who needs it."""
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted))
    if len(found) != len(names):
        raise LookupError(f"only {len(found)} of the {len(names)} permissions exist: {', '.join(names)}")
    return found
