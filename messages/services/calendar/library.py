"""The years that the installed chinesecalendar knows: an update of it brings the next, which a person then takes."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from chinese_calendar.constants import Holiday, holidays, workdays

from messages.models import OfficialKind
from messages.services.calendar.content import GivenDay

_NAMES: Final = {
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.mid_autumn_festival.value: "中秋节",
}


def library_source() -> str:
    return f"chinesecalendar {version('chinesecalendar')}"


def library_days(year: int) -> tuple[GivenDay, ...]:
    """Empty for a year that it does not know."""
    kinds = ((OfficialKind.HOLIDAY.value, holidays), (OfficialKind.MAKE_UP.value, workdays))
    return tuple(
        sorted(
            GivenDay(on, kind, _name(name)) for kind, table in kinds for on, name in table.items() if on.year == year
        )
    )


def _name(name: str) -> str:
    return _NAMES.get(name) or str(Holiday(name).chinese)
