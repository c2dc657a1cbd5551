"""The table of the dry run: robot by check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import pgettext

from dingtalk.payloads import MAX_BODY_BYTES
from messages.forms.dry_run import DryRunFilters, Level
from messages.pages.dry_run.rehearsal import Rehearsal
from messages.pages.dry_run.report import by_robot, general_levels, worse
from messages.services.checks import Finding
from messages.services.checks.findings import BLOCKER, WARNING
from messages.services.checks.topics import Topic, topic_of
from robots.models import Robot

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """`level` "": nothing was found. `label`: a figure where there is one, else the level in a word. `own`: found about
    this very group, and not about all of them."""

    topic: Topic
    level: str
    label: str
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    robot: Robot
    level: str
    cells: Sequence[Cell]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Page:
    """The URLs are query strings, "" where there is no such page."""

    rows: Sequence[Row]
    total: int
    summary: str
    previous_url: str
    next_url: str


def page_of(rehearsal: Rehearsal, filters: DryRunFilters, asked: QueryDict) -> Page:
    findings = rehearsal.run.check.findings
    own = by_robot(findings)
    robots = [robot for robot in rehearsal.order.robots if _wanted(robot, own.get(robot.pk, ()), filters)]
    last = max(0, len(robots) - 1) // PAGE_SIZE
    number = min(_number(asked.get("page", "")), last)
    shown = robots[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
    general = general_levels(findings)
    return Page(
        rows=[_row(rehearsal, robot, own.get(robot.pk, []), general) for robot in shown],
        total=len(robots),
        summary=f"{number * PAGE_SIZE + 1}–{number * PAGE_SIZE + len(shown)} / {len(robots):,}",
        previous_url=_url(asked, number - 1) if number else "",
        next_url=_url(asked, number + 1) if number < last else "",
    )


def _wanted(robot: Robot, own: Iterable[Finding], filters: DryRunFilters) -> bool:
    text, level, topic = (filters.asked(name) for name in ("q", "level", "check"))
    if text and not all(word in f"{robot.name}\n{robot.group_name}".casefold() for word in text.casefold().split()):
        return False
    concerned = [finding for finding in own if not topic or topic_of(finding) == topic]
    if level == Level.FINE:
        return not any(finding.level in (BLOCKER, WARNING) for finding in concerned)
    if level:
        return any(finding.level == level for finding in concerned)
    return bool(concerned) or not topic


def _row(rehearsal: Rehearsal, robot: Robot, own: Sequence[Finding], general: Mapping[Topic, str]) -> Row:
    levels: dict[Topic, str] = dict(general)
    for finding in own:
        topic = topic_of(finding)
        levels[topic] = worse(levels.get(topic, ""), finding.level)
    worst = ""
    for level in levels.values():
        worst = worse(worst, level)
    about_it = {topic_of(finding) for finding in own}
    cells = [
        Cell(topic, levels.get(topic, ""), _label(rehearsal, robot, topic, levels), own=topic in about_it)
        for topic in Topic
    ]
    return Row(robot, worst, cells, own)


def _label(rehearsal: Rehearsal, robot: Robot, topic: Topic, levels: Mapping[Topic, str]) -> str:
    run = rehearsal.run
    match topic:
        case Topic.SIZE if robot.pk in run.sizes:
            return f"{-(-run.sizes[robot.pk] * 100 // MAX_BODY_BYTES)} %"
        case Topic.PACE if not levels.get(topic):
            return f"{run.expected.by_robot[robot.pk].astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"
        case Topic.TODAY:
            return str(run.today.get(robot.pk, 0))
        case Topic.QUOTA if robot.organisation_id in run.left:
            return f"{run.left[robot.organisation_id]:,}"
    return word_of(levels.get(topic, ""))


def word_of(level: str) -> str:
    return str(Level(level).label) if level else pgettext("finding", "OK")


def _number(text: str) -> int:
    """Pages are counted from 1 in addresses; what is no number is the first."""
    return max(1, int(text)) - 1 if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _url(asked: QueryDict, number: int) -> str:
    query = asked.copy()
    query["page"] = str(number + 1)
    return f"?{query.urlencode()}#rows"
