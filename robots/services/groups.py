"""Who is in which group, as far as staff noted it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from audit.actors import Actor
from audit.log import record
from robots.models import Recipient, Robot

_NAMES_PER_QUERY = 400  # each is asked for twice, and SQLite took 999 values for long


@transaction.atomic
def note_member(robot: Robot, recipient: Recipient, *, by: Actor) -> bool:
    """The person is in the robot's group. False when that was noted already."""
    if robot.members.filter(pk=recipient.pk).exists():
        return False
    robot.members.add(recipient)
    record("robot.updated", by=by, target=robot, detail={"member_noted": recipient.name})
    return True


@transaction.atomic
def forget_member(robot: Robot, recipient: Recipient, *, by: Actor) -> bool:
    """False when it was not noted that the person is in the group."""
    if not robot.members.filter(pk=recipient.pk).exists():
        return False
    robot.members.remove(recipient)
    record("robot.updated", by=by, target=robot, detail={"member_forgotten": recipient.name})
    return True


def robots_by_group(names: Iterable[str]) -> Mapping[str, Sequence[int]]:
    """The robots whose group, or who themselves, are called so: several robots may serve one group."""
    wanted, found = sorted(names), defaultdict(list)
    for start in range(0, len(wanted), _NAMES_PER_QUERY):
        batch = set(wanted[start : start + _NAMES_PER_QUERY])
        robots = Robot.objects.filter(Q(name__in=batch) | Q(group_name__in=batch)).order_by("pk")
        for pk, name, group in robots.values_list("pk", "name", "group_name"):
            for called in {name, group} & batch:
                found[called].append(pk)
    return found
