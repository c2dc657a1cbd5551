"""Robots with their simulated groups, and a pump for them."""

from __future__ import annotations

from django.utils import timezone

from dingtalk.client import DEFAULT_LIMITS, Limits
from messages.engine.recovery import retry_uncertain
from messages.models import Delivery, DeliveryStatus
from messages.tests.engine_parts import make_pump
from robots.models import Organisation, Robot
from simulator.groups import create_group
from simulator.models import Group
from tests.factories import make_robot

# For an endpoint that is slow on purpose; a busy machine would try the patience of every other call, too.
IMPATIENT = Limits(read_seconds=0.3, total_seconds=0.6)


def make_pair(organisation: Organisation, name: str = "ops", **group: object) -> tuple[Robot, Group]:
    """A simulated group, and the robot that is set up for it."""
    made = create_group(**{"name": name, "robot_name": "robot", "signed": True, **group})
    return make_robot(name, token=made.token, secret=made.secret, organisation=organisation), made


def send(*, limits: Limits = DEFAULT_LIMITS) -> int:
    """Send what may go out now; returns how many calls were made."""
    return make_pump(window=2, limits=limits).run()


def send_retries() -> None:
    """As if the time of every retry had come, and every silence were over."""
    Robot.objects.update(hold_until=None)
    for due_at in Delivery.objects.filter(status=DeliveryStatus.UNCERTAIN).values_list("due_at", flat=True):
        if due_at is not None:
            retry_uncertain(due_at)
    Delivery.objects.filter(status=DeliveryStatus.WAITING).update(due_at=timezone.now())
    send()
