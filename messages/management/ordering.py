"""The `send` command's options as one order: whom, what, when; checked like a launch from a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from dingtalk.payloads import At, Message
from messages.management.arguments import (
    Refusal,
    Refused,
    read_message,
    read_time,
    read_useful_until,
    robots_named,
    tags_named,
)
from messages.management.first import First, FirstOptions, read_first, refusals_of
from messages.services.audience import Audience, resolve_audience
from messages.services.checks import Check, check_launch
from robots.models import Robot, RobotStatus, Tag

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """As the shell gave them."""

    message: str | None
    text: str | None
    robots: Sequence[str]
    tags: Sequence[str]
    all_robots: bool
    mentions: Sequence[str]
    mention_all: bool
    at: str | None
    useful_until: str | None
    urgent: bool
    over_quota: bool
    split: bool
    first: FirstOptions


@dataclass(frozen=True, slots=True)
class Order:
    """`left_out`: robots of a tag, or of all, that are paused. `warnings` stop nothing."""

    message: Message
    at: At
    robots: Audience
    planned_at: datetime | None
    zone: str
    useful_until: datetime | None
    urgent: bool
    over_quota: bool
    split: bool
    first: First | None
    left_out: Sequence[Refusal]
    warnings: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class _Typed:
    """The options, read one by one."""

    message: Message
    robots: list[Robot]
    tags: list[Tag]
    planned_at: datetime | None
    useful_until: datetime | None
    first: First | None


def order_of(options: Options) -> Order:
    """Raises Refused with everything that is wrong, so that a person mends it once."""
    zone = ZoneInfo(settings.TIME_ZONE)
    typed = _typed(options, zone)
    robots, paused = _audience(typed, all_robots=options.all_robots)
    at = At(mobiles=tuple(options.mentions), everyone=options.mention_all)
    found = check_launch(
        message=typed.message,
        at=at,
        robots=robots,
        planned_at=typed.planned_at,
        urgent=options.urgent,
        split=options.split,
    )
    wrong = [*map(Refusal.of, found.blockers), *refusals_of(typed.first, robots)]
    if wrong:
        raise Refused([*wrong, *(paused if not robots else [])])
    if found.questions and not options.over_quota:
        raise Refused(unanswered(found))
    return Order(
        message=typed.message,
        at=at,
        robots=robots,
        planned_at=typed.planned_at,
        zone=zone.key,
        useful_until=typed.useful_until,
        urgent=options.urgent,
        over_quota=options.over_quota,
        split=options.split,
        first=typed.first,
        left_out=paused,
        warnings=[Refusal.of(warning) for warning in found.warnings],
    )


def unanswered(check: Check) -> list[Refusal]:
    """What a page would ask. A shell is not asked: it is warned, or refused when it wants to stay within the quota."""
    return [Refusal(asked.code, asked.text) for asked in check.questions]


def _typed(options: Options, zone: ZoneInfo) -> _Typed:
    refusals: list[Refusal] = []
    message = _tried(lambda: read_message(file=options.message, text=options.text), refusals)
    planned_at = _tried(lambda: read_time(options.at, zone), refusals)
    useful_until = _tried(lambda: read_useful_until(options.useful_until, zone, planned_at=planned_at), refusals)
    robots = _tried(lambda: robots_named(options.robots), refusals)
    tags = _tried(lambda: tags_named(options.tags), refusals)
    first = _tried(lambda: read_first(options.first), refusals)
    if not (options.robots or options.tags or options.all_robots):
        refusals.append(Refusal("audience_missing", _("Say whom it goes to: --robot, --tag or --all-robots.")))
    if refusals or message is None:
        raise Refused(refusals)
    return _Typed(
        message=message,
        robots=robots or [],
        tags=tags or [],
        planned_at=planned_at,
        useful_until=useful_until,
        first=first,
    )


def _tried(read: Callable[[], T], refusals: list[Refusal]) -> T | None:
    try:
        return read()
    except Refused as refused:
        refusals.extend(refused.refusals)
        return None


def _audience(typed: _Typed, *, all_robots: bool) -> tuple[Audience, list[Refusal]]:
    """Whom it goes to, and which paused robots are left out; those asked for by name stay, and the check refuses."""
    named = {robot.pk: robot.name for robot in typed.robots}
    chosen, paused = dict(named), []
    for robot in resolve_audience(all_robots=all_robots, robots=[], tags=typed.tags):
        if robot.status != RobotStatus.PAUSED:
            chosen[robot.pk] = robot.name
        elif robot.pk not in named:
            paused.append(robot.name)
    text = _("This robot is paused. It was left out.")
    ordered = sorted(chosen.items(), key=lambda robot: robot[1])
    return Audience(dict(ordered)), [Refusal("robot_paused", text, name) for name in paused]
