"""Whether the groups get too much: today, at the same time, and the same once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.history.lately import Nearby
from messages.services.checks.findings import NOTE, WARNING, Finding
from messages.services.checks.scene import Scene, shown

SPAN: Final = timedelta(minutes=10)
MANY_A_DAY: Final = 10


def day_of(scene: Scene, *, now: datetime) -> datetime | None:
    """Where today began, by the clocks of the installation; None when it goes out on another day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    local = now.astimezone(zone)
    if scene.when.astimezone(zone).date() != local.date():
        return None
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def of_today(scene: Scene, today: Mapping[int, int]) -> Iterator[Finding]:
    for robot in scene.robots:
        if count := today.get(robot.pk, 0):
            text = ngettext(
                "This group got %(count)d message today already.",
                "This group got %(count)d messages today already.",
                count,
            ) % {"count": count}
            yield Finding(robot, WARNING if count >= MANY_A_DAY else NOTE, "got_today", text, value=str(count))


def of_nearby(scene: Scene, nearby: Sequence[Nearby]) -> Iterator[Finding]:
    """Of each group the closest one."""
    closest = sorted(nearby, key=lambda near: abs(near.at - scene.when))
    for robot in scene.robots:
        if near := next((near for near in closest if robot.pk in near.robots), None):
            text = _("“%(broadcast)s” goes to this group at %(time)s, less than ten minutes from this one.")
            told = {"broadcast": near.name, "time": shown(near.at)}
            yield Finding(robot, WARNING, "broadcast_nearby", text % told, value=str(near.broadcast_id))


def minutes_to_move(scene: Scene, nearby: Sequence[Nearby]) -> int:
    """How much later it is away from all of them; 0 when there is none."""
    audience = {robot.pk for robot in scene.robots}
    moments = [near.at for near in nearby if not near.robots.isdisjoint(audience)]
    if not moments:
        return 0
    begins = max(scene.when, timezone.now())
    return int((max(moments) + SPAN - begins) // timedelta(minutes=1)) + 1
