"""Why an occurrence is when it is, or is not: facts, put in words by reason_words.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from messages.schedule.days import Day


class Why(StrEnum):
    EARLIER = "earlier"  # moved by the calendar from `day`
    LATER = "later"
    LEFT_OUT = "left_out"  # the calendar does not want `day`
    ADDED = "added"  # `day` is a make-up or an extra working day
    HOLIDAY = "holiday"  # `day` is one, and the rule goes out on it
    FIRST_OF_WEEK = "first_of_week"
    LAST_OF_WEEK = "last_of_week"
    FIRST_OF_MONTH = "first_of_month"
    LAST_OF_MONTH = "last_of_month"
    NO_WORKDAY = "no_workday"  # the week or the month has none
    BEFORE = "before"  # `number` workdays before `day`
    BEFORE_HOLIDAY = "before_holiday"  # `number` workdays before `day`, with which a holiday begins
    GAP = "gap"  # clocks are put forward over `wall`
    FOLD = "fold"  # clocks are put back, so that it comes twice
    ALSO = "also"  # stands for `wall`, too, which falls on the same moment
    SKIPPED = "skipped"  # by a person
    MOVED = "moved"  # by a person, from `wall`
    EDITED = "edited"  # by a person: it has a text of its own


@dataclass(frozen=True, slots=True)
class Reason:
    why: Why
    day: Day | None = None
    wall: datetime | None = None
    number: int = 0
    by: str = ""
    at: datetime | None = None  # when the person did it; in UTC
