"""What makes a year look incomplete or mistaken. Told, never refused: the State Council decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.models import OfficialKind
from messages.schedule.holiday_names import ALWAYS, ENGLISH, holiday_name
from messages.services.calendar.content import GivenDay

# 2004-2026 had 22 to 33 holidays, the weekends among them, and 5 to 12 make-up days.
FEW_HOLIDAYS: Final = 20
MANY_HOLIDAYS: Final = 40
MANY_MAKE_UP_DAYS: Final = 14


def oddities(days: Sequence[GivenDay]) -> list[str]:
    holidays = [day for day in days if day.kind == OfficialKind.HOLIDAY]
    found = [*_missing(holidays), *_unusual(len(holidays), len(days) - len(holidays))]
    return found if days else [_("There is no day yet.")]


def _missing(holidays: Sequence[GivenDay]) -> list[str]:
    names = {day.name for day in holidays}
    missing = [_in_full(word) for word in ALWAYS if not any(word in name for name in names)]
    if not missing:
        return []
    told = {"names": _(", ").join(holiday_name(name) for name in missing)}
    return [_("No holiday is called: %(names)s.") % told]


def _in_full(word: str) -> str:
    return next(name for name in ENGLISH if name.startswith(word))


def _unusual(holidays: int, make_up_days: int) -> list[str]:
    found = []
    if not FEW_HOLIDAYS <= holidays <= MANY_HOLIDAYS:
        text = ngettext(
            "It has %(count)d holiday. Official years have 22 to 33, weekends among them.",
            "It has %(count)d holidays. Official years have 22 to 33, weekends among them.",
            holidays,
        )
        found.append(text % {"count": holidays})
    if not 0 < make_up_days <= MANY_MAKE_UP_DAYS:
        text = ngettext(
            "It has %(count)d make-up working day. Official years have 5 to 12.",
            "It has %(count)d make-up working days. Official years have 5 to 12.",
            make_up_days,
        )
        found.append(text % {"count": make_up_days})
    return found
