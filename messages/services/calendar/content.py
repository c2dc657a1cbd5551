"""A year of the official calendar as plain values: what is saved, kept as a version, compared and restored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from messages.models import CalendarYear, OfficialDay, OfficialKind
from messages.models.calendar import NAME_LENGTH

SATURDAY = 5


@dataclass(frozen=True, slots=True, order=True)
class GivenDay:
    on: date
    kind: str  # of OfficialKind
    name: str


@dataclass(frozen=True, slots=True)
class YearContent:
    state: str
    source: str
    as_of: date
    days: tuple[GivenDay, ...]  # in the order of their dates, each date once

    def to_json(self) -> dict[str, Any]:
        days = [[day.on.isoformat(), day.kind, day.name] for day in self.days]
        return {"state": self.state, "source": self.source, "as_of": self.as_of.isoformat(), "days": days}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> YearContent:
        days = (GivenDay(date.fromisoformat(on), kind, name) for on, kind, name in content["days"])
        as_of = date.fromisoformat(content["as_of"])
        return cls(state=content["state"], source=content["source"], as_of=as_of, days=tuple(sorted(days)))

    @classmethod
    def of(cls, year: CalendarYear) -> YearContent:
        return cls(state=year.state, source=year.source, as_of=year.as_of, days=days_of(year.year))


def days_of(year: int) -> tuple[GivenDay, ...]:
    rows = OfficialDay.objects.filter(year=year).order_by("date")
    return tuple(GivenDay(*row) for row in rows.values_list("date", "kind", "name"))


def each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def mistake_in(day: GivenDay) -> str:
    """Why this cannot be a day of the official calendar; "" when it can."""
    if not day.name:
        return _("The name of the holiday is missing.")
    if len(day.name) > NAME_LENGTH:
        return _("This name has more than %(longest)d characters.") % {"longest": NAME_LENGTH}
    if day.kind == OfficialKind.MAKE_UP and day.on.weekday() < SATURDAY:
        return _("%(date)s is no Saturday or Sunday: people work then anyway.") % {"date": day.on.isoformat()}
    return ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that follow one another and are alike."""

    first: date
    last: date
    kind: str
    name: str

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def stretches(days: Iterable[GivenDay]) -> list[Stretch]:
    found: list[Stretch] = []
    for day in sorted(days):
        before = found[-1] if found else None
        if before and (before.kind, before.name) == (day.kind, day.name) and day.on - before.last == timedelta(days=1):
            found[-1] = Stretch(before.first, day.on, day.kind, day.name)
        else:
            found.append(Stretch(day.on, day.on, day.kind, day.name))
    return found
