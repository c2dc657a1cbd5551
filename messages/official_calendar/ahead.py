"""Which years will be needed soon and are not known: told weeks before anything stops for them."""

from __future__ import annotations

from datetime import date, timedelta

from messages.official_calendar.loading import known_years


def unknown_years_ahead(today: date, weeks: int) -> list[int]:
    """The years between today and so many weeks later whose official calendar is not known, the earliest first."""
    last = (today + timedelta(weeks=weeks)).year
    known = known_years()
    return [year for year in range(today.year, last + 1) if year not in known]
