"""What the variables of a message stand for in one group, at one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from messages.rendering.dates import DATE, TIME, written

ROBOT_NAME: Final = "robot.name"
GROUP: Final = "group"
RUN_DATE: Final = "run.date"
RUN_TIME: Final = "run.time"
RUN_NUMBER: Final = "run.number"
BUILT_IN: Final = (ROBOT_NAME, GROUP, RUN_DATE, RUN_TIME, RUN_NUMBER)
MOMENTS: Final = (RUN_DATE, RUN_TIME)  # those that take a format


@dataclass(frozen=True, slots=True)
class RunFacts:
    """`number` counts a broadcast's runs from 1; what is sent again keeps its number."""

    planned_at: datetime
    zone: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class Values:
    """`texts`: plain texts by the variables' whole names; a name that is not there has no value in this group."""

    texts: Mapping[str, str]
    moment: datetime


def values_of(*, robot: str, group: str, variables: Mapping[str, str], run: RunFacts) -> Values:
    """`variables` never hide what messages know by themselves."""
    of_run = _of_run(run)
    texts = {**variables, **of_run.texts, ROBOT_NAME: robot}
    if group:
        texts[GROUP] = group
    return Values(texts, of_run.moment)


@lru_cache(maxsize=16)
def _of_run(run: RunFacts) -> Values:
    """The same for every group of a run, of which there may be thousands."""
    moment = run.planned_at.astimezone(ZoneInfo(run.zone))
    texts = {RUN_DATE: written(moment, DATE), RUN_TIME: written(moment, TIME), RUN_NUMBER: str(run.number)}
    return Values(texts, moment)
