"""The official calendar as rules read it: seeded, known or not, with an organisation's own days on top."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chinese_calendar import get_holiday_detail, is_workday
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from messages.models import CalendarState, CalendarVersion, CalendarYear, OfficialDay, OfficialKind, OwnDay, OwnKind
from messages.official_calendar.ahead import unknown_years_ahead
from messages.official_calendar.loading import load_calendar
from messages.schedule.days import DayKind, UnknownYear
from messages.schedule.holiday_names import holiday_name
from robots.models import Organisation
from tests.factories import make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official_calendar")]


def make_own_day(on: date, kind: str, *, organisation: Organisation | None = None, **fields: object) -> OwnDay:
    values = {"name": "Anniversary", "added_at": timezone.now(), "added_by_name": "li", **fields}
    return OwnDay.objects.create(organisation=organisation, date=on, kind=kind, **values)


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_seeded_day_is_what_the_library_says(year: int) -> None:
    known = load_calendar()
    days = [
        date(year, 1, 1) + timedelta(days=number) for number in range((date(year, 12, 31) - date(year, 1, 1)).days + 1)
    ]
    assert [on for on in days if known.day(on).works != is_workday(on)] == []
    named = [on for on in days if known.day(on).kind is DayKind.HOLIDAY]
    assert named == [on for on in days if get_holiday_detail(on)[0] and get_holiday_detail(on)[1]]


def test_a_seeded_year_says_where_it_comes_from_and_is_its_first_version() -> None:
    row = CalendarYear.objects.get(year=2026)
    assert (row.state, row.source, row.version) == (CalendarState.OFFICIAL, "chinesecalendar 1.11.0", 1)
    assert len(CalendarVersion.objects.get(year=2026).content["days"]) == OfficialDay.objects.filter(year=2026).count()


def test_a_year_that_is_not_there_is_not_known() -> None:
    with pytest.raises(UnknownYear) as unknown:
        load_calendar().day(date(2027, 1, 4))
    assert unknown.value.year == 2027


def test_a_draft_is_not_known_either() -> None:
    CalendarYear.objects.filter(year=2026).update(state=CalendarState.DRAFT)
    with pytest.raises(UnknownYear):
        load_calendar().day(date(2026, 10, 1))
    assert load_calendar().day(date(2025, 10, 1)).kind is DayKind.HOLIDAY


def test_own_days_go_before_the_official_ones_and_an_organisation_s_before_those_of_all() -> None:
    branch, other = make_organisation("Branch"), make_organisation("Other")
    on = date(2026, 10, 1)
    make_own_day(on, OwnKind.EXTRA, name="Inventory")
    make_own_day(on, OwnKind.CLOSED, organisation=branch, name="Closed all the same")
    make_own_day(date(2026, 3, 3), OwnKind.CLOSED, organisation=other)

    assert load_calendar().day(on).kind is DayKind.EXTRA
    assert load_calendar(other).day(on).kind is DayKind.EXTRA
    assert (load_calendar(branch).day(on).kind, load_calendar(branch).day(on).name) == (
        DayKind.CLOSED,
        "Closed all the same",
    )
    assert load_calendar(branch).day(date(2026, 3, 3)).kind is DayKind.WORKDAY


def test_a_removed_own_day_counts_no_more() -> None:
    make_own_day(date(2026, 3, 3), OwnKind.CLOSED, removed_at=timezone.now())
    assert load_calendar().day(date(2026, 3, 3)).kind is DayKind.WORKDAY


def test_loading_takes_three_queries_however_much_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    branch = make_organisation("Branch")
    for number in range(1, 20):
        make_own_day(date(2026, 3, number), OwnKind.CLOSED, organisation=branch if number % 2 else None)
    with django_assert_num_queries(3):
        load_calendar(branch)


@pytest.mark.parametrize(
    ("today", "weeks", "unknown"),
    [
        pytest.param(date(2026, 11, 24), 6, [2027], id="weeks before the year ends"),
        pytest.param(date(2026, 11, 1), 6, [], id="too early"),
        pytest.param(date(2027, 1, 1), 6, [2027], id="the year has come"),
        pytest.param(date(2026, 6, 1), 100, [2027, 2028], id="far ahead"),
    ],
)
def test_years_that_are_needed_soon_and_not_known(today: date, weeks: int, unknown: list[int]) -> None:
    assert unknown_years_ahead(today, weeks) == unknown


def test_the_database_refuses_a_day_outside_its_year() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialDay.objects.create(year_id=2026, date=date(2025, 12, 31), kind=OfficialKind.HOLIDAY, name="元旦")


@pytest.mark.parametrize("of_all", [True, False])
def test_the_database_refuses_a_second_own_day_of_the_same_date(of_all: bool) -> None:
    organisation = None if of_all else make_organisation("Branch")
    make_own_day(date(2026, 3, 3), OwnKind.CLOSED, organisation=organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_own_day(date(2026, 3, 3), OwnKind.EXTRA, organisation=organisation)


@pytest.mark.parametrize(
    ("name", "english"),
    [("国庆节", "National Day"), ("国庆节、中秋", "National Day, Mid-Autumn Festival"), ("厂庆", "厂庆"), ("", "")],
)
def test_well_known_holidays_are_named_in_the_reader_s_language(name: str, english: str) -> None:
    with translation.override("en"):
        assert holiday_name(name) == english
    with translation.override("zh-hans"):
        assert holiday_name(name) == name
