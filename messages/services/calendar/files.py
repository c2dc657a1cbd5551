"""A file of official days, CSV or ICS: all of it is read, or every mistake is told with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from messages.services.calendar.content import GivenDay
from messages.services.calendar.csv_file import read_csv
from messages.services.calendar.ics_file import read_ics

MOST_BYTES: Final = 1_000_000
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileOfDays:
    days: tuple[GivenDay, ...]
    left_out: int = 0  # entries that say neither 休 nor 班

    def of(self, year: int) -> tuple[GivenDay, ...]:
        return tuple(day for day in self.days if day.on.year == year)

    def elsewhere(self, year: int) -> Mapping[int, int]:
        """How many days of other years it has: they are not taken."""
        return dict(sorted(_count(day for day in self.days if day.on.year != year).items()))


def read_days(data: bytes) -> FileOfDays:
    """Raises ImportRefused."""
    if data.removeprefix(_BOM).lstrip()[:15].upper() == b"BEGIN:VCALENDAR":
        days, left_out = read_ics(data.removeprefix(_BOM))
        return FileOfDays(days, left_out)
    return FileOfDays(read_csv(data))


def _count(days: Iterable[GivenDay]) -> Counter[int]:
    return Counter(day.on.year for day in days)
