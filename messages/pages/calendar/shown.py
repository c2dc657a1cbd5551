"""Days and years of the calendar as the pages show them: always a word or a sign, the colour only repeats it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messages.models import CalendarState, OwnKind
from messages.schedule.days import DayKind
from messages.schedule.holiday_names import holiday_name
from messages.services.calendar.content import GivenDay, Stretch, stretches
from messages.services.calendar.differences import Difference
from messages.states import Presentation

YEAR_STATES: Final[Mapping[str, Presentation]] = {
    CalendarState.OFFICIAL: Presentation(_("Official"), "circle-check", "ok"),
    CalendarState.DRAFT: Presentation(pgettext_lazy("official calendar", "Draft"), "pencil", "unsure"),
}
NOT_KNOWN: Final = Presentation(_("Not known"), "help-hexagon", "bad")
DAY_STATES: Final[Mapping[str, Presentation]] = {
    DayKind.HOLIDAY: Presentation(_("Holiday"), "calendar-off", "bad"),
    DayKind.MAKE_UP: Presentation(_("Make-up working day"), "calendar-plus", "busy"),
    OwnKind.CLOSED: Presentation(_("Closed"), "calendar-off", "bad"),
    OwnKind.EXTRA: Presentation(_("Extra working day"), "calendar-plus", "busy"),
}
# As calendars in China print them: 休 and 班.
MARKS: Final[Mapping[str, str | Promise]] = {
    DayKind.HOLIDAY: pgettext_lazy("mark of a day", "off"),
    DayKind.MAKE_UP: pgettext_lazy("mark of a day", "work"),
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """Days that follow one another, in a list."""

    first: date
    last: date
    length: int
    state: Presentation
    name: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """None: as the week says."""

    on: date
    before: DayLine | None
    after: DayLine | None


def day_lines(days: Iterable[GivenDay]) -> list[DayLine]:
    return [_line(stretch) for stretch in stretches(days)]


def change_lines(found: Iterable[Difference]) -> list[ChangeLine]:
    return [ChangeLine(one.on, _day_line(one.before), _day_line(one.after)) for one in found]


def in_words(on: date) -> str:
    """Thursday 2026-10-01."""
    return f"{date_format(on, 'l')} {on.isoformat()}"


def _day_line(day: GivenDay | None) -> DayLine | None:
    return _line(Stretch(day.on, day.on, day.kind, day.name)) if day else None


def _line(stretch: Stretch) -> DayLine:
    return DayLine(stretch.first, stretch.last, stretch.length, DAY_STATES[stretch.kind], holiday_name(stretch.name))
