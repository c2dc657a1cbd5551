"""When each group would have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.services.checks.findings import NOTE, WARNING, Finding
from messages.services.checks.scene import Scene, shown

# What a call takes when DingTalk is slow: better early than late.
SECONDS_A_CALL: Final = 0.5
WORTH_TELLING: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """`by_robot`: about when its group has it. `before`: how many messages of others that robot has to send first."""

    begins: datetime
    last: datetime
    by_robot: Mapping[int, datetime]
    before: Mapping[int, int]


def expected(scene: Scene, waiting: Mapping[int, int], *, now: datetime, quiet: Mapping[int, datetime]) -> Expected:
    """`waiting`: per robot what waits for it now. `quiet`: until when quiet hours hold it. Runs that go out at the same
    time take turns.

    Of a message in parts the last one counts.
    """
    held = scene.engine.hold_until if scene.engine else None
    begins = max(scene.when, held or scene.when)
    drained = int((begins - now).total_seconds() // 60) * settings.PACING_LIMIT
    before = {robot.pk: max(0, waiting.get(robot.pk, 0) - max(0, drained)) for robot in scene.robots}
    others = min(sum(before.values()), len(scene.robots))
    per_second = min(settings.SEND_WINDOW / SECONDS_A_CALL, settings.ADDRESS_CEILING)
    by_robot: dict[int, datetime] = {}
    position = 0
    for robot in scene.robots:
        parts = scene.parts.get(robot.pk, 1)
        position += parts - 1
        in_turn = begins + timedelta(seconds=(position + min(others, position)) / per_second)
        queued = begins + timedelta(minutes=(before[robot.pk] + parts - 1) // settings.PACING_LIMIT)
        by_robot[robot.pk] = max(in_turn, queued, robot.hold_until or in_turn, quiet.get(robot.pk, in_turn))
        position += 1
    return Expected(begins, max(by_robot.values(), default=begins), by_robot, before)


def of_pace(scene: Scene, expect: Expected) -> Iterator[Finding]:
    if expect.last - expect.begins >= WORTH_TELLING:
        text = _("The last of these groups gets it about %(time)s.") % {"time": shown(expect.last)}
        yield Finding(None, NOTE, "last_about", text)
    for robot in scene.robots:
        count = expect.before[robot.pk]
        if count >= settings.PACING_LIMIT:
            text = ngettext(
                "%(count)d message waits for this group already: it gets this one about %(time)s.",
                "%(count)d messages wait for this group already: it gets this one about %(time)s.",
                count,
            ) % {"count": count, "time": shown(expect.by_robot[robot.pk])}
            yield Finding(robot, WARNING, "queue_before", text, value=str(count))
