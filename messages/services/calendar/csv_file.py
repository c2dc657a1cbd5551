"""Official days as CSV: date, kind, name. What is exported can be imported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from messages.models import OfficialKind
from messages.services.calendar.content import GivenDay, mistake_in
from robots.imports.decoding import decode
from robots.imports.mistakes import MistakeLog
from robots.imports.tables import Columns, Row, read_rows
from robots.imports.templates import csv_bytes
from robots.rules.names import clean_name

COLUMNS: Final = Columns(
    names={
        "date": ("日期",),
        "kind": ("type", "类型", "类别", "安排"),
        "name": ("holiday", "名称", "节日", "节假日"),
    },
    required=("date", "kind", "name"),
)
# 调休 alone is not among them: some mean the free day by it, others the one that is worked instead.
_KINDS: Final = {
    **dict.fromkeys(("holiday", "off", "休", "放假", "假期", "节假日", "休息"), OfficialKind.HOLIDAY),
    **dict.fromkeys(("make_up", "work", "班", "上班", "补班", "调休上班"), OfficialKind.MAKE_UP),
}
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))", re.A
)


def read_csv(data: bytes) -> tuple[GivenDay, ...]:
    """Raises ImportRefused."""
    log = MistakeLog([])
    found: dict[date, GivenDay] = {}
    for row in read_rows(decode(data), COLUMNS):
        day = _day(row, log)
        if day and day.on in found:
            log.add(row.line, "date", _("%(date)s stands here twice.") % {"date": day.on.isoformat()})
        elif day:
            found[day.on] = day
    log.refuse_if_any()
    return tuple(sorted(found.values()))


def write_csv(days: Iterable[GivenDay]) -> bytes:
    return csv_bytes([tuple(COLUMNS.names), *((day.on.isoformat(), day.kind, day.name) for day in days)])


def _day(row: Row, log: MistakeLog) -> GivenDay | None:
    on = log.cleaned(row.line, "date", lambda: date_of(row["date"]))
    kind = log.cleaned(row.line, "kind", lambda: _kind_of(row["kind"]))
    name = log.cleaned(row.line, "name", lambda: clean_name(row["name"]))
    if on is None or kind is None or name is None:
        return None
    day = GivenDay(on, kind, name)
    if text := mistake_in(day):
        log.add(row.line, "", text)
    return day


def date_of(text: str) -> date:
    """Raises ValidationError for what is no date."""
    found = _DATE.fullmatch(text.strip())
    try:
        if found:
            return date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:
        raise ValidationError(_("There is no such day. Write 2026-10-01.")) from None
    raise ValidationError(_("This is no date. Write 2026-10-01."))


def _kind_of(text: str) -> str:
    kind = _KINDS.get(text.strip().lower())
    if kind is None:
        raise ValidationError(_("Write “holiday” or 休 for a free day, “make_up” or 班 for a make-up working day."))
    return kind.value
