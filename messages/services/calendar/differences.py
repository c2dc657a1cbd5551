"""What a year would say otherwise, day by day, before it is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from messages.services.calendar.content import GivenDay


@dataclass(frozen=True, slots=True)
class Difference:
    """None: as the week says."""

    on: date
    before: GivenDay | None
    after: GivenDay | None


def differences(before: Iterable[GivenDay], after: Iterable[GivenDay]) -> list[Difference]:
    old, new = ({day.on: day for day in days} for days in (before, after))
    return [
        Difference(on, old.get(on), new.get(on)) for on in sorted(old.keys() | new.keys()) if old.get(on) != new.get(on)
    ]
