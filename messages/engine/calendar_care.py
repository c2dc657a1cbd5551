"""Tells weeks ahead that schedules will stop, because the official calendar of a year is not known."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from messages.engine.recurring import going_by_calendar
from messages.models import Notice
from messages.notices.kinds import NoticeKind, subject_id, year_subject
from messages.notices.raising import open_notices, raise_notice
from messages.official_calendar.ahead import unknown_years_ahead


def needs_calendar() -> int:
    """How many schedules that are going go by the official calendar."""
    return going_by_calendar().count()


def tell_unknown_years(told: list[Notice], *, now: datetime) -> None:
    """One notice for each such year while schedules need it. `told`: the open ones."""
    count = needs_calendar()
    for year in _unknown_years(now) if count else []:
        params = {"year": year, "count": count}
        there = next((notice for notice in told if subject_id(notice.subject) == year), None)
        if there is None and not open_notices(NoticeKind.CALENDAR_UNKNOWN, year_subject(year)).exists():
            raise_notice(NoticeKind.CALENDAR_UNKNOWN, subject=year_subject(year), params=params, at=now)
        elif there and there.params != params:
            Notice.objects.filter(pk=there.pk, closed_at=None).update(params=params, last_at=now)


def years_known_again(notices: list[Notice], now: datetime) -> list[int]:
    """The notices of years that are known by now, or that nobody needs any more."""
    unknown = set(_unknown_years(now)) if needs_calendar() else set()
    return [notice.pk for notice in notices if subject_id(notice.subject) not in unknown]


def _unknown_years(now: datetime) -> list[int]:
    return unknown_years_ahead(timezone.localdate(now), settings.CALENDAR_NOTICE_WEEKS)
