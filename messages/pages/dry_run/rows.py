"""The table of the dry run: robot by check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import pgettext

from dingtalk.payloads import MAX_BODY_BYTES
from messages.forms.dry_run import DryRunFilters, Level
from messages.pages.dry_run.rehearsal import Rehearsal
from messages.pages.dry_run.report import Reading, name_of
from messages.services.checks.findings import BLOCKER, WARNING
from messages.services.checks.topics import Topic, topic_of

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
    reading: Reading
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Page:
    """`found`: what the rows have in common, where they are those of one finding. The URLs are query strings, "" where
    there is no such page.
    """

    rows: Sequence[Row]
    total: int
    found: str
    summary: str
    previous_url: str
    next_url: str


def page_of(rehearsal: Rehearsal, readings: Iterable[Reading], filters: DryRunFilters, asked: QueryDict) -> Page:
    wanted = [reading for reading in readings if _wanted(reading, filters)]
    last = max(0, len(wanted) - 1) // PAGE_SIZE
    number = min(_number(asked.get("page", "")), last)
    shown = wanted[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
    name = filters.asked("found")
    return Page(
        rows=[Row(reading, _cells(rehearsal, reading)) for reading in shown],
        total=len(wanted),
        found=next((each.text for reading in shown for each in reading.own if name == name_of(each)), ""),
        summary=f"{number * PAGE_SIZE + 1}–{number * PAGE_SIZE + len(shown)} / {len(wanted):,}",
        previous_url=_url(asked, number - 1) if number else "",
        next_url=_url(asked, number + 1) if number < last else "",
    )


def _wanted(reading: Reading, filters: DryRunFilters) -> bool:
    text, level, topic, found = (filters.asked(name) for name in ("q", "level", "check", "found"))
    names = f"{reading.robot.name}\n{reading.robot.group_name}".casefold()
    if not all(word in names for word in text.casefold().split()):
        return False
    if found and not any(name_of(each) == found for each in reading.own):
        return False
    here = reading.levels.get(Topic(topic), "") if topic else reading.worst
    if level == Level.FINE:
        return here not in (BLOCKER, WARNING)
    return here == level if level else bool(here or not topic)


def _cells(rehearsal: Rehearsal, reading: Reading) -> list[Cell]:
    about_it = {topic_of(finding) for finding in reading.own}
    return [
        Cell(topic, reading.levels.get(topic, ""), _label(rehearsal, reading, topic), own=topic in about_it)
        for topic in Topic
    ]


def _label(rehearsal: Rehearsal, reading: Reading, topic: Topic) -> str:
    run, robot = rehearsal.run, reading.robot
    match topic:
        case Topic.SIZE if robot.pk in run.sizes:
            return f"{-(-run.sizes[robot.pk] * 100 // MAX_BODY_BYTES)} %"
        case Topic.PACE if not reading.levels.get(topic):
            return f"{run.expected.by_robot[robot.pk].astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"
        case Topic.TODAY:
            return str(run.today.get(robot.pk, 0))
        case Topic.QUOTA if robot.organisation_id in run.left:
            return f"{run.left[robot.organisation_id]:,}"
    return word_of(reading.levels.get(topic, ""))


def word_of(level: str) -> str:
    return str(Level(level).label) if level else pgettext("finding", "OK")


def _number(text: str) -> int:
    """Pages are counted from 1 in addresses; what is no number is the first."""
    return max(1, int(text)) - 1 if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _url(asked: QueryDict, number: int) -> str:
    query = asked.copy()
    query["page"] = str(number + 1)
    return f"?{query.urlencode()}#rows"
