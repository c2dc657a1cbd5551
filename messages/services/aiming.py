"""The targets of a broadcast: what is checked of each robot at a launch is what is frozen of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from messages.models import Broadcast, Target
from messages.rendering.frozen import store_ending
from messages.services.audience import Audience, as_they_are_now
from messages.services.checks import Check, Finding, LaunchCheck, robot_deleted
from messages.services.checks.parts import InParts, bare_message, ending_in_parts
from messages.services.tailoring import Tailoring
from robots.bulk import insert_many
from robots.models import Robot


class _Target(NamedTuple):
    """Named like the target's own fields."""

    broadcast: int
    robot: int
    robot_name: str
    group_name: str
    variables: Mapping[str, str]
    override: int | None
    ending: Mapping[str, Any] | None
    mentions: Mapping[str, Sequence[str]] | None


def aim(broadcast: Broadcast, audience: Audience, tailoring: Tailoring, checking: LaunchCheck) -> Check:
    """The robots as they are now, part by part: what is checked of each is what is frozen of it."""
    gone: list[Finding] = []
    ended = False
    for part in audience.parts():
        robots = as_they_are_now(part)
        checking.look_at(robots)
        targets = list(_targets(broadcast, robots, tailoring, checking.parts))
        _insert(targets, checking.parts)
        ended = ended or any(target.ending for target in targets)
        there = {robot.pk for robot in robots}
        gone += [robot_deleted(Robot(pk=pk, name=name)) for pk, name in part.items() if pk not in there]
    if checking.parts.counts or (ended and not broadcast.tailored):
        broadcast.tailored, broadcast.split = broadcast.tailored or ended, bool(checking.parts.counts)
        broadcast.save(update_fields=["tailored", "split"])
    check = checking.made()
    return replace(check, findings=(*check.findings, *gone))


def _insert(targets: Sequence[_Target], parts: InParts) -> None:
    """How many messages each of them gets stands in a column only where some get several."""
    if not parts.counts:
        insert_many(Target, _Target._fields, targets)
        return
    rows = [(*target, parts.counts.get(target.robot, 1)) for target in targets]
    insert_many(Target, (*_Target._fields, "parts"), rows)


def _targets(broadcast: Broadcast, robots: Iterable[Robot], tailoring: Tailoring, parts: InParts) -> Iterator[_Target]:
    for robot in robots:
        if robot.pk in parts.counts:
            ending = ending_in_parts(robot, bare_message(tailoring, robot))
        else:
            ending = tailoring.ending_of(robot)
        yield _Target(
            broadcast.pk,
            robot.pk,
            robot.name,
            robot.group_name,
            variables=tailoring.variables_of(robot),
            override=tailoring.override_of(robot),
            ending=store_ending(ending),
            mentions=tailoring.own_mentions_of(robot),
        )
