"""The official calendar's pages: looked at, changed in place, imported after a look, restored; own days on top."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.actors import SYSTEM, user_actor
from audit.models import Entry
from messages.models import CalendarState, CalendarVersion, CalendarYear, OfficialDay, OfficialKind, OwnDay
from messages.official_calendar.loading import load_calendar
from messages.schedule.days import DayKind
from messages.services.calendar.content import GivenDay, YearContent
from messages.services.calendar.csv_file import write_csv
from messages.services.calendar.library import library_days
from messages.services.calendar.years import StaleYear, begin_year, import_year, set_days
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db
OCTOBER_1 = date(2026, 10, 1)
SAID = {"state": "official", "source": "Notice of the State Council", "as_of": "2026-11-20"}


@pytest.fixture(autouse=True)
def only_2026(db: None) -> None:
    CalendarYear.objects.all().delete()
    made(2026, library_days(2026))


def made(year: int, days: tuple[GivenDay, ...], *, based_on: int = 0) -> CalendarYear:
    content = YearContent(state=CalendarState.OFFICIAL, source="the test", as_of=date(2025, 11, 4), days=days)
    return import_year(year=year, content=content, based_on=based_on, by=SYSTEM)


def url(name: str, *args: object) -> str:
    return reverse(f"broadcasts:{name}", args=args)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def posted(client: Client, address: str, data: dict[str, object]) -> str:
    """The text of the page that it leads to."""
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def kind_of(on: date) -> DayKind:
    return load_calendar().day(on).kind


def shifted(days: tuple[GivenDay, ...], year: int) -> tuple[GivenDay, ...]:
    """Good enough for a year to come: its make-up days on Saturdays."""
    moved = [GivenDay(day.on.replace(year=year), day.kind, day.name) for day in days]
    to_saturday = {day: day.on + timedelta(days=(5 - day.on.weekday()) % 7) for day in moved if day.kind == "make_up"}
    taken = {day.on: day for day in moved if day not in to_saturday}
    return tuple(
        sorted([*taken.values(), *(GivenDay(on, d.kind, d.name) for d, on in to_saturday.items() if on not in taken)])
    )


def upload(client: Client, data: bytes, **fields: object) -> str:
    """The page as it came: its hidden fields have lines."""
    file = SimpleUploadedFile("days.csv", data)
    response = client.post(url("calendar_import"), {**SAID, "year": 2027, "file": file, **fields})
    assert response.status_code == 200
    return response.content.decode()


def hidden(page: str, name: str) -> str:
    start = page.index(f'name="{name}" value="') + len(f'name="{name}" value="')
    return page[start : page.index('"', start)]


def test_the_list_says_what_is_known_and_what_to_do_about_what_is_not(english: Client) -> None:
    text = text_of(english, url("calendar_years"))
    year = timezone.localdate().year + 1
    assert f"{year} is not known. A schedule that goes by the official calendar stops" in text
    assert "the test" in text
    assert ">33<" in text
    assert ">6<" in text


def test_the_list_takes_the_same_queries_however_many_years(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text_of(english, url("calendar_years"))
    with django_assert_num_queries(4):
        text_of(english, url("calendar_years"))
    for year in range(2030, 2040):
        made(year, ())
    with django_assert_num_queries(4):
        text_of(english, url("calendar_years"))


def test_a_year_is_drawn_with_a_sign_on_each_day_that_is_not_as_the_week_says(english: Client) -> None:
    text = text_of(english, url("calendar_year", 2026))
    assert 'aria-label="Thursday 2026-10-01, Holiday, National Day"' in text
    assert text.count('<span class="year-mark">off</span>') == 33
    assert text.count('<span class="year-mark">work</span>') == 6
    assert text.count('<table class="month"') == 12
    assert text.count("<caption>") == 12


def test_in_chinese_the_signs_are_those_of_every_calendar(staff_client: Client) -> None:
    text = text_of(staff_client, url("calendar_year", 2026))
    assert text.count('<span class="year-mark">休</span>') == 33
    assert text.count('<span class="year-mark">班</span>') == 6


def test_whoever_may_only_look_gets_the_days_without_a_way_to_change_them() -> None:
    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_calendaryear", "view_ownday"]))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    text = text_of(client, url("calendar_year", 2026))
    assert "Thursday 2026-10-01, Holiday, National Day" in text
    assert "Change days" not in text
    assert url("calendar_days", 2026) not in text
    assert "usually in November" in text_of(client, url("calendar_year", 2027))
    assert "Add days" not in text_of(client, url("own_days"))


def test_a_year_that_is_not_known_says_what_to_do(english: Client) -> None:
    text = text_of(english, url("calendar_year", 2027))
    assert "The official calendar of 2027 is not known." in text
    assert "Import it" in text
    assert "Type it" in text


def test_a_year_is_typed_span_by_span_and_known_when_it_is_made_official(english: Client) -> None:
    assert "Type the days of 2027" in posted(english, url("calendar_begin", 2027), {})
    span = {"first": "2027-10-01", "last": "2027-10-07", "kind": "holiday", "name": "国庆节"}
    assert "2027-10-01 to 2027-10-07 are saved." in posted(english, url("calendar_days", 2027), span)
    assert 2027 not in load_calendar().years
    assert "2027 is saved." in posted(english, url("calendar_about", 2027), SAID)
    assert kind_of(date(2027, 10, 7)) is DayKind.HOLIDAY
    assert list(Entry.objects.order_by("-number").values_list("action", flat=True)[:3]) == [
        "calendar.described",
        "calendar.days_changed",
        "calendar.begun",
    ]


def test_a_day_is_chosen_in_the_month_and_changed(english: Client) -> None:
    text = text_of(english, url("calendar_days", 2026) + "?first=2026-10-01")
    assert 'value="2026-10-01"' in text
    assert 'value="国庆节"' in text
    response = english.post(url("calendar_days", 2026), {"first": "2026-10-01", "kind": "week"})
    assert response.headers["Location"] == url("calendar_year", 2026) + "?at=2026-10-01#m10"
    assert kind_of(OCTOBER_1) is DayKind.WORKDAY
    assert CalendarYear.objects.get(year=2026).version == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"first": "2027-10-01"}, "This day is not in 2026."),
        ({"first": "2026-10-02", "last": "2026-10-01"}, "The last day lies before the first one."),
        ({"first": "2026-01-01", "last": "2026-12-31"}, "At most 31 days at once."),
        ({"kind": "make_up"}, "2026-10-01 is no Saturday or Sunday: people work then anyway."),
        ({"name": ""}, "This field is required."),
        ({"kind": "half"}, "Select a valid choice."),
        ({"first": "1 October"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_is_told_beside_the_field_and_nothing_typed_is_lost(
    english: Client, wrong: dict[str, str], told: str
) -> None:
    data = {"first": "2026-10-01", "last": "", "kind": "holiday", "name": "国庆节", **wrong}
    text = posted(english, url("calendar_days", 2026), data)
    assert told in text
    assert f'value="{data["first"]}"' in text
    assert CalendarYear.objects.get(year=2026).version == 1


def test_an_import_is_shown_first_and_taken_as_it_was_shown(english: Client) -> None:
    page = upload(english, write_csv(shifted(library_days(2026), 2027)))
    assert "Nothing is changed yet." in page
    assert "The days of 2027" in page
    assert not CalendarYear.objects.filter(year=2027).exists()

    taken = {**SAID, "days": hidden(page, "days"), "based_on": hidden(page, "based_on")}
    assert "2027 is taken." in posted(english, url("calendar_take", 2027), taken)
    assert kind_of(date(2027, 10, 1)) is DayKind.HOLIDAY
    entry = Entry.objects.latest("number")
    assert (entry.action, entry.target_id, entry.detail["source"]) == ("calendar.imported", "2027", SAID["source"])


def test_an_import_over_a_known_year_shows_what_changes_and_can_be_undone(english: Client) -> None:
    others = tuple(day for day in library_days(2026) if day.on != OCTOBER_1)
    page = upload(english, write_csv(others), year=2026)
    assert "1 day changes" in page
    assert "2026-10-01" in page
    assert "As the week says" in page

    posted(english, url("calendar_take", 2026), {**SAID, "days": hidden(page, "days"), "based_on": "1"})
    assert kind_of(OCTOBER_1) is DayKind.WORKDAY
    look = text_of(english, url("calendar_restore", 2026, 1))
    assert "Restore version 1 of 2026?" in look
    assert "2026-10-01" in look
    assert "Version 1 is the year again." in posted(english, url("calendar_restore", 2026, 1), {"based_on": "2"})
    assert kind_of(OCTOBER_1) is DayKind.HOLIDAY
    assert list(CalendarVersion.objects.values_list("number", flat=True)) == [3, 2, 1]


def test_what_was_changed_since_the_look_is_not_overwritten(english: Client) -> None:
    page = upload(english, write_csv(library_days(2026)[:5]), year=2026)
    set_days(year=2026, first=OCTOBER_1, last=OCTOBER_1, kind="", name="", by=user_actor(make_user("wang")))
    text = posted(english, url("calendar_take", 2026), {**SAID, "days": hidden(page, "days"), "based_on": "1"})
    assert "wang changed this year in the meantime. Look at it again." in text
    assert OfficialDay.objects.filter(year=2026).count() == 38
    assert "changed this year in the meantime" in posted(english, url("calendar_restore", 2026, 1), {"based_on": "1"})
    with pytest.raises(StaleYear):
        begin_year(year=2026, by=SYSTEM)


def test_a_file_with_mistakes_is_refused_as_a_whole(english: Client) -> None:
    text = upload(english, "date,kind,name\n2027-10-01,休,国庆节\n2027-10-32,休,国庆节\n".encode())
    assert "Nothing was imported: there is 1 mistake in the file." in text
    assert "There is no such day." in text


def test_a_file_without_a_day_of_the_year_says_which_years_it_has(english: Client) -> None:
    text = upload(english, write_csv(library_days(2026)))
    assert "The file has no official day of 2027; it has days of: 2026." in text
    assert "This file is empty." in upload(english, b"")
    big = b"date,kind,name\n" + b"2027-10-01,holiday,x\n" * 60_000
    assert "This file is larger than 1 MB" in upload(english, big)


def test_days_of_other_years_are_left_out_and_told(english: Client) -> None:
    text = upload(english, "date,kind,name\n2026-12-31,休,元旦\n2027-01-01,休,元旦\n".encode())
    assert "1 day of 2026 is left out." in text
    assert "This does not look like a whole official year:" in text


def test_what_is_taken_is_checked_again(english: Client) -> None:
    nonsense = {**SAID, "days": "date,kind,name\n2027-10-01,make_up,x\n", "based_on": "0"}
    assert "people work then anyway" in posted(english, url("calendar_take", 2027), nonsense)
    elsewhere = {**SAID, "days": "date,kind,name\n2028-10-01,holiday,x\n", "based_on": "0"}
    assert "2028-10-01 is not in 2027." in posted(english, url("calendar_take", 2027), elsewhere)
    assert "This field is required." in posted(english, url("calendar_take", 2027), {})
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_year_that_the_library_knows_is_offered(english: Client) -> None:
    assert "Take it from chinesecalendar" in text_of(english, url("calendar_year", 2024))
    page = english.get(url("calendar_library", 2024)).content.decode()
    taken = {**SAID, "days": hidden(page, "days"), "based_on": hidden(page, "based_on")}
    posted(english, url("calendar_take", 2024), taken)
    assert OfficialDay.objects.filter(year=2024, kind=OfficialKind.MAKE_UP).count() == 8
    assert english.get(url("calendar_library", 2027)).status_code == 404


def test_a_year_goes_out_as_the_file_that_comes_in(english: Client) -> None:
    response = english.get(url("calendar_export", 2026))
    assert response.content == write_csv(library_days(2026))
    assert "official-days-2026.csv" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["calendar_year", "calendar_days", "calendar_about", "calendar_export"])
@pytest.mark.parametrize("year", [1999, 2100])
def test_a_year_out_of_this_century_is_not_found(english: Client, name: str, year: int) -> None:
    assert english.get(url(name, year)).status_code == 404


def test_own_days_are_added_removed_and_put_back_on_record(english: Client) -> None:
    branch = make_organisation("Branch")
    data = {"organisation": branch.pk, "first": "2026-12-24", "last": "2026-12-25", "kind": "closed", "name": "Move"}
    assert "2 days are added." in posted(english, url("own_days_add"), data)
    assert load_calendar(branch).day(date(2026, 12, 24)).kind is DayKind.CLOSED
    assert kind_of(date(2026, 12, 24)) is DayKind.WORKDAY

    day = OwnDay.objects.get(date=date(2026, 12, 24))
    assert "2026-12-24 (Move) is removed." in posted(english, url("own_day_remove", day.pk), {})
    assert load_calendar(branch).day(day.date).kind is DayKind.WORKDAY
    assert "Removed lately" in text_of(english, url("own_days"))
    assert "2026-12-24 (Move) counts again." in posted(english, url("own_day_put_back", day.pk), {})
    assert load_calendar(branch).day(day.date).kind is DayKind.CLOSED
    assert list(Entry.objects.order_by("number").values_list("action", flat=True))[-3:] == [
        "own_day.added",
        "own_day.removed",
        "own_day.put_back",
    ]


def test_a_date_has_one_own_day_of_each_organisation(english: Client) -> None:
    data = {"organisation": "", "first": "2026-12-24", "last": "", "kind": "closed", "name": "Move"}
    posted(english, url("own_days_add"), data)
    day = OwnDay.objects.get()
    text = posted(english, url("own_days_add"), {**data, "first": "2026-12-23", "last": "2026-12-26"})
    assert "There is an own day already on: 2026-12-24. Remove it first." in text
    assert OwnDay.objects.count() == 1
    posted(english, url("own_day_remove", day.pk), {})
    posted(english, url("own_days_add"), {**data, "kind": "extra"})
    assert "another own day took its place" in posted(english, url("own_day_put_back", day.pk), {})


def test_own_days_are_filtered_by_organisation_those_of_all_among_them(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    branch, other = make_organisation("Branch"), make_organisation("Other")
    for number, whose in enumerate([branch, other, None, branch, other], start=1):
        data = {"organisation": whose.pk if whose else "", "first": f"2099-05-0{number}", "kind": "closed"}
        posted(english, url("own_days_add"), {**data, "name": f"Day-{number}"})
    with django_assert_num_queries(9):
        text = text_of(english, url("own_days") + f"?organisation={branch.pk}")
    assert [number for number in range(1, 6) if f"Day-{number}" in text] == [1, 3, 4]
