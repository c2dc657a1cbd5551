"""Robots that take part, but whose last message was refused for what is set up in DingTalk."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dingtalk.replies import Kind
from messages.services.checks.findings import WARNING, Finding
from messages.services.checks.scene import Scene
from robots.models import RobotStatus
from robots.reasons import explain


def of_failing(scene: Scene) -> Iterator[Finding]:
    for robot in scene.robots:
        if robot.last_kind == Kind.REFUSED_ROBOT and robot.status == RobotStatus.ACTIVE:
            text = _("The last message to this robot was refused. %(reason)s Send it a test first, or leave it out.")
            reason = str(explain(robot.last_reason).title)
            yield Finding(robot, WARNING, "robot_failing", text % {"reason": reason}, value=robot.last_reason)
