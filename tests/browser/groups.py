"""Simulated groups with robots that are set up for them, and drafts to be sent to them."""

from __future__ import annotations

from django.contrib.auth.models import User

from audit.actors import user_actor
from messages.models import Draft
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot
from robots.models import Organisation, Robot
from simulator.groups import create_group
from simulator.models import Group
from tests.factories import make_robot


def make_group(name: str, *, noted: bool = True, **security: object) -> tuple[Robot, Group]:
    """`security` is the group's; unless `noted` is False the robot knows the keywords, too."""
    group = create_group(name=name, robot_name=f"{name} robot", signed=True, **security)  # type: ignore[arg-type]
    organisation, _created = Organisation.objects.get_or_create(name="Simulated", simulated=True)
    robot = make_robot(
        f"{name} robot",
        group_name=name,
        token=group.token,
        secret=group.secret,
        organisation=organisation,
        keywords=group.keywords if noted else [],
    )
    return robot, group


def write_draft(name: str, *, robots: list[Robot], by: User, text: str = "Drill at three.") -> Draft:
    snapshot = Snapshot(
        name=name, msgtype="text", content={"content": text}, robots=tuple(robot.pk for robot in robots)
    )
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=user_actor(by))
