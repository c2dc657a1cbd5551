"""The next dates of a rule, each with the reason why it is what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats

from messages.schedule.changes import Change, ChangeKind
from messages.schedule.days import Calendar
from messages.schedule.preview import preview
from messages.schedule.reason_words import reasons_in_words
from messages.schedule.rule_text import key_text
from messages.schedule.rules import Rule
from messages.schedule.series import Occurrence
from messages.schedule.words import rule_in_words


@dataclass(frozen=True, slots=True)
class DateLine:
    """`default_clock`: on the clocks of the default zone, when that is another."""

    key: str
    at: datetime
    weekday: str
    reasons: tuple[str, ...]
    skipped: bool
    changed: bool
    by_person: bool  # left out by a person, not by the calendar
    default_clock: str

    @property
    def name(self) -> str:
        """The time that the rule gave, to be read out."""
        return self.key.replace("T", " ")[:16]


@dataclass(frozen=True, slots=True)
class Dates:
    """`unknown_year`: the year whose official calendar would have to be known to tell what comes then."""

    words: str
    zone: str
    lines: tuple[DateLine, ...]
    unknown_year: int | None
    more: bool

    @property
    def first(self) -> DateLine | None:
        return next((line for line in self.lines if not line.skipped), None)


def dates_of(rule: Rule, calendar: Calendar, changes: Iterable[Change] = (), *, after: datetime) -> Dates:
    shown = preview(rule, calendar, changes, after=after)
    return Dates(
        words=rule_in_words(rule, start=rule.starts.replace(tzinfo=rule.zone_info) > after),
        zone=rule.zone,
        lines=tuple(_line(occurrence, rule.zone_info) for occurrence in shown.rows),
        unknown_year=shown.stopped.year if shown.stopped else None,
        more=shown.more,
    )


def _line(occurrence: Occurrence, zone: ZoneInfo) -> DateLine:
    default = ZoneInfo(settings.TIME_ZONE)
    return DateLine(
        key=key_text(occurrence.key),
        at=occurrence.at,
        weekday=formats.date_format(occurrence.wall, "l"),
        reasons=tuple(reasons_in_words(occurrence, zone)),
        skipped=occurrence.skipped,
        changed=occurrence.change is not None,
        by_person=occurrence.change is not None and occurrence.change.kind is ChangeKind.SKIP,
        default_clock="" if zone.key == default.key else f"{occurrence.at.astimezone(default):%Y-%m-%d %H:%M}",
    )
