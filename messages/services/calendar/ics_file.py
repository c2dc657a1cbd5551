"""Official days out of a calendar that others publish. An entry that says neither 休 nor 班 is no official day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from messages.models import OfficialKind
from messages.services.calendar.content import GivenDay, each_day, mistake_in
from messages.services.calendar.ics_dates import NotADay, days_of_entry
from messages.services.calendar.ics_lines import Line, read_lines, refused
from robots.imports.mistakes import MistakeLog
from robots.rules.names import clean_name

DEEPEST: Final = 5
MOST_SIGNS: Final = 200  # of a summary: what is longer is no name of a holiday
_END: Final = r"(?=$|[\s)）\]】」]|第)"
_WORKS: Final = re.compile(rf"(?:补班|上班|班){_END}|\b(?:work(?:ing)? ?day|make-?up)\b", re.IGNORECASE)
_RESTS: Final = re.compile(rf"(?:放假|假期|休假|休息|休){_END}|\b(?:holiday|day off)\b", re.IGNORECASE)
# Says that days were exchanged, and not which of the two this is.
_EXCHANGED: Final = re.compile("调休")
_COUNTED: Final = re.compile(r"第\s*\d+\s*天.*$|[（(]\s*[）)]|[\[【「]\s*[\]】」]")
# Apple's calendars say it beside the name.
_APPLE: Final = {"WORK-HOLIDAY": OfficialKind.HOLIDAY, "ALTERNATE-WORKDAY": OfficialKind.MAKE_UP}


@dataclass(slots=True)
class _Entry:
    line: int
    properties: dict[str, Line] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.properties[name].text[:MOST_SIGNS] if name in self.properties else ""


def read_ics(data: bytes) -> tuple[tuple[GivenDay, ...], int]:
    """The days, and how many entries were left out. Raises ImportRefused."""
    log = MistakeLog([])
    found: dict[date, GivenDay] = {}
    left_out = 0
    for entry in _entries(read_lines(data)):
        if entry.text("STATUS").upper() == "CANCELLED":
            continue
        kind = _kind_of(entry, log)
        if kind is None:
            left_out += 1
            continue
        for day in _days(entry, kind, log):
            _add(day, entry, found, log)
    log.refuse_if_any()
    return tuple(sorted(found.values())), left_out


def _entries(lines: Sequence[Line]) -> Iterator[_Entry]:
    """What stands within an entry, an alarm say, is not the entry's."""
    within: list[str] = []
    entry: _Entry | None = None
    for line in lines:
        if line.name == "BEGIN":
            within.append(line.value.strip().upper())
            if len(within) > DEEPEST:
                raise refused(line.number, _("Too much stands within one another here."))
            if within == ["VCALENDAR", "VEVENT"]:
                entry = _Entry(line.number)
        elif line.name == "END":
            if not within or within.pop() != line.value.strip().upper():
                raise refused(line.number, _("This ends what has not begun."))
            if entry and within == ["VCALENDAR"]:
                yield entry
                entry = None
        elif entry and within == ["VCALENDAR", "VEVENT"]:
            entry.properties.setdefault(line.name, line)
    if within:
        raise refused(lines[-1].number, _("The file breaks off here."))


def _kind_of(entry: _Entry, log: MistakeLog) -> str | None:
    """None, and nothing noted, for what is no official day at all."""
    told = _APPLE.get(entry.text("X-APPLE-SPECIAL-DAY").upper())
    if told:
        return told.value
    summary = _EXCHANGED.sub("", entry.text("SUMMARY"))
    works, rests = _WORKS.search(summary), _RESTS.search(summary)
    if works and rests:
        log.add(entry.line, "SUMMARY", _("This says both 休 and 班."))
        return None
    if not (works or rests) and "调休" in entry.text("SUMMARY"):
        log.add(entry.line, "SUMMARY", _("调休 alone does not say whether people work: write 休 or 班."))
    if works:
        return OfficialKind.MAKE_UP.value
    return OfficialKind.HOLIDAY.value if rests else None


def _days(entry: _Entry, kind: str, log: MistakeLog) -> Iterable[GivenDay]:
    name = log.cleaned(entry.line, "SUMMARY", lambda: clean_name(_name_in(entry.text("SUMMARY"))))
    try:
        first, last = days_of_entry(entry.line, entry.properties)
    except NotADay as wrong:
        log.add(wrong.line, wrong.column, wrong.text)
        return []
    return [GivenDay(on, kind, name) for on in each_day(first, last)] if name else []


def _add(day: GivenDay, entry: _Entry, found: dict[date, GivenDay], log: MistakeLog) -> None:
    there = found.get(day.on)
    if there and there.kind != day.kind:
        log.add(entry.line, "DTSTART", _("%(date)s is both 休 and 班 in this file.") % {"date": day.on.isoformat()})
    elif there and day.name not in there.name.split("、"):
        found[day.on] = replace(there, name=f"{there.name}、{day.name}")
    elif not there:
        found[day.on] = day
    if text := mistake_in(found[day.on]):
        log.add(entry.line, "", text)


def _name_in(summary: str) -> str:
    """国庆节 of “国庆节（休）”, “国庆节 假期 第1天/共7天” and “国庆节补班”; all of it where nothing else is left."""
    bare = summary
    for pattern in (_EXCHANGED, _WORKS, _RESTS, _COUNTED):
        bare = pattern.sub("", bare)
    return bare.strip(" ·:：-—_()（）[]【】") or summary
