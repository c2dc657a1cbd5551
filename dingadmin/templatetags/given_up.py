"""What messages a robot's page tells of: the robots themselves know nothing of them."""

from django import template

from messages.history.given_up import GivenUp, given_up_for
from robots.models import Robot

register = template.Library()


@register.simple_tag
def given_up_because_of(robot: Robot) -> GivenUp | None:
    return given_up_for(robot.pk)
