"""Weeks before a year that schedules need and nobody knows, a notice says so; it goes when the year is known."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from audit.actors import SYSTEM
from messages.engine import calendar_care
from messages.engine.care import take_care
from messages.models import CalendarState, CalendarYear, Notice
from messages.notices.kinds import NoticeKind
from messages.services.calendar.years import begin_year, describe_year
from messages.services.notices import may_be_put_away

pytestmark = pytest.mark.django_db
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    CalendarYear.objects.all().delete()
    make_official(2026)
    monkeypatch.setattr(calendar_care, "needs_calendar", lambda: 3)


def make_official(year: int) -> None:
    if not CalendarYear.objects.filter(year=year).exists():
        begin_year(year=year, by=SYSTEM)
    describe_year(year=year, state=CalendarState.OFFICIAL, source="the test", as_of=date(2026, 11, 4), by=SYSTEM)


def told() -> list[tuple[str, bool]]:
    notices = Notice.objects.filter(kind=NoticeKind.CALENDAR_UNKNOWN).order_by("pk")
    return [(notice.subject, notice.closed_at is None) for notice in notices]


def test_it_is_told_weeks_ahead_once_and_until_the_year_is_known(english: Client) -> None:
    take_care(OCTOBER)
    assert told() == []
    take_care(DECEMBER)
    take_care(DECEMBER)
    assert told() == [("year:2027", True)]
    notice = Notice.objects.get()
    assert (notice.count, may_be_put_away(notice)) == (1, False)

    text = english.get(reverse("overview")).content.decode()
    assert "The official calendar of 2027 is not known: 3 schedules will stop there." in text
    assert reverse("broadcasts:calendar_year", args=[2027]) in text

    begin_year(year=2027, by=SYSTEM)
    take_care(DECEMBER)
    assert told() == [("year:2027", True)]
    make_official(2027)
    take_care(DECEMBER)
    assert told() == [("year:2027", False)]


def test_the_number_of_schedules_follows_and_without_any_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    take_care(DECEMBER)
    monkeypatch.setattr(calendar_care, "needs_calendar", lambda: 1)
    take_care(DECEMBER)
    assert Notice.objects.get().params == {"year": 2027, "count": 1}
    monkeypatch.setattr(calendar_care, "needs_calendar", lambda: 0)
    take_care(DECEMBER)
    assert told() == [("year:2027", False)]


def test_a_year_made_a_draft_again_is_told_anew() -> None:
    make_official(2027)
    take_care(DECEMBER)
    assert told() == []
    describe_year(year=2027, state=CalendarState.DRAFT, source="wrong", as_of=date(2026, 11, 4), by=SYSTEM)
    take_care(DECEMBER)
    assert told() == [("year:2027", True)]
