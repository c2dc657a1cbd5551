"""What keeps a robot from taking a message, or lets it wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from messages.services.checks.findings import BLOCKER, WARNING, Finding
from messages.services.checks.scene import Scene, shown
from robots.models import Robot, RobotStatus
from robots.reasons import explain

# A hold of less than a minute that our own pacing made, which nobody notices.
PACING_HOLD: Final = "waiting_pacing"


def of_robots(scene: Scene, words: Mapping[int, Sequence[Finding]]) -> Iterator[Finding]:
    """With what the words of a robot's group are found to lack, so that all about one robot stands together."""
    simulated = {pk for pk, organisation in scene.organisations.items() if organisation.simulated}
    for robot in scene.robots:
        if robot.organisation_id in simulated and not settings.DINGADMIN_SIMULATOR:
            text = _("This robot belongs to the simulator, which is switched off. Leave it out.")
            yield Finding(robot, BLOCKER, "simulator_off", text)
        if robot.status == RobotStatus.PAUSED:
            text = _("This robot is paused. %(reason)s Resume it, or leave it out.")
            text %= {"reason": explain(robot.paused_reason).title}
            yield Finding(robot, BLOCKER, "robot_paused", text, value=robot.paused_reason)
        yield from words.get(robot.pk, ())
        if robot.hold_until and robot.hold_until > scene.when and robot.hold_reason != PACING_HOLD:
            text = _("DingTalk has silenced this robot until %(time)s: its message waits until then.")
            yield Finding(robot, WARNING, "robot_silenced", text % {"time": shown(robot.hold_until)})


def robot_deleted(robot: Robot) -> Finding:
    """For a robot that was chosen and does not exist any more."""
    text = _("The robot “%(robot)s” was deleted in the meantime. Leave it out.") % {"robot": robot.name}
    return Finding(robot, BLOCKER, "robot_deleted", text)
