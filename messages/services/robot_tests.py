"""A robot's "Test" button: a real message over the real path, shaped so that the robot's own rules let it pass."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.engine.firing import start_run
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Delivery, DeliveryStatus, MessageType, Target
from messages.wakeups import wake_pump
from robots.models import Robot


@transaction.atomic
def send_test(robot: Robot, *, by: Actor, zone: str) -> Delivery:
    """Queue a test message, ahead of what waits for the robot; one that is still under way is returned instead."""
    Robot.objects.select_for_update().get(pk=robot.pk)
    under_way = Delivery.objects.filter(
        robot=robot, is_test=True, status__in=(DeliveryStatus.WAITING, DeliveryStatus.SENDING)
    ).first()
    if under_way:
        return under_way
    now = timezone.now()
    broadcast = Broadcast.objects.create(
        kind=BroadcastKind.TEST,
        name=_("Test of %(robot)s") % {"robot": robot.name},
        msgtype=MessageType.TEXT,
        content={"content": test_text(robot, by=by)},
        status=BroadcastStatus.FIRED,
        planned_at=now,
        zone=zone,
        launch_key=uuid.uuid4(),
        created_by_id=by.user_id,
        created_by_name=by.name,
    )
    Target.objects.create(broadcast=broadcast, robot=robot, robot_name=robot.name, group_name=robot.group_name)
    run = start_run(broadcast, planned_at=now, now=now)
    record("robot.tested", by=by, target=robot)
    transaction.on_commit(wake_pump)
    return Delivery.objects.get(run=run)


def test_text(robot: Robot, *, by: Actor) -> str:
    """Says what it is and who sent it; closes with the robot's first keyword, without which it would be refused."""
    text = _("Test message from DingAdmin. %(name)s is checking that this group's robot works.") % {"name": by.name}
    keyword = str(robot.keywords[0]) if robot.keywords else ""
    return f"{text} {keyword}".strip()
