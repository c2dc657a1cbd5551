"""Making, resetting and removing simulated groups."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from simulator.models import Group, GroupState, LoggedCall, Window
from simulator.verdicts.throttle import token_hash


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the group: how an @-mention of the mobile or userId is shown."""

    name: str
    mobile: str = ""
    user_id: str = ""


def create_group(
    *,
    name: str,
    robot_name: str,
    signed: bool = False,
    keywords: Sequence[str] = (),
    ip_ranges: Sequence[str] = (),
    members: Sequence[Member] = (),
    external: bool = False,
    state: str = GroupState.OK,
    quota_left: int | None = None,
) -> Group:
    """A group with its robot. `token` and `secret` (empty unless signed) are made up on the spot and open no door."""
    return Group.objects.create(
        name=name,
        robot_name=robot_name,
        token=new_token(),
        secret=new_secret() if signed else "",
        keywords=list(keywords),
        ip_ranges=list(ip_ranges),
        members=[asdict(member) for member in members],
        external=external,
        state=state,
        quota_left=quota_left,
    )


def change_group(
    group: Group,
    *,
    name: str,
    robot_name: str,
    signed: bool,
    keywords: Sequence[str],
    ip_ranges: Sequence[str],
    members: Sequence[Member],
    external: bool,
    state: str,
    quota_left: int | None,
) -> None:
    """The token stays. Signing keeps its secret while it stays on; switched on again it gets a new one."""
    Group.objects.filter(pk=group.pk).update(
        name=name,
        robot_name=robot_name,
        secret=(group.secret or new_secret()) if signed else "",
        keywords=list(keywords),
        ip_ranges=list(ip_ranges),
        members=[asdict(member) for member in members],
        external=external,
        state=state,
        quota_left=quota_left,
    )


def new_token() -> str:
    return secrets.token_hex(32)


def new_secret() -> str:
    return f"SEC{secrets.token_hex(32)}"


@transaction.atomic(using="simulator")
def reset_group(group: Group) -> None:
    """Empty its chat and log, forget throttling, faults and own knobs; name, token and security modes stay."""
    group.messages.all().delete()
    group.calls.all().delete()
    group.faults.all().delete()
    Window.objects.filter(pk=token_hash(group.token)).delete()
    if own := getattr(group, "knobs", None):
        own.delete()
    Group.objects.filter(pk=group.pk).update(state=GroupState.OK, quota_left=None)


@transaction.atomic(using="simulator")
def delete_group(group: Group) -> None:
    Window.objects.filter(pk=token_hash(group.token)).delete()
    group.delete()


@transaction.atomic(using="simulator")
def delete_groups_named(names: Iterable[str]) -> None:
    for group in Group.objects.filter(name__in=list(names)):
        delete_group(group)


@transaction.atomic(using="simulator")
def remove_groups() -> int:
    """Remove every group with all that belongs to it, and the log of calls that reached none."""
    count = Group.objects.count()
    Group.objects.all().delete()
    LoggedCall.objects.all().delete()
    Window.objects.all().delete()
    return count
