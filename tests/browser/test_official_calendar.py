"""A year of the official calendar in a real browser: a day found by arrow keys, and changed in its place."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from audit.actors import SYSTEM
from messages.models import CalendarYear
from messages.official_calendar.loading import load_calendar
from messages.schedule.days import DayKind
from messages.services.calendar.content import YearContent
from messages.services.calendar.library import library_days
from messages.services.calendar.years import import_year
from tests.browser.conftest import SignedIn

pytestmark = [
    pytest.mark.browser,
    pytest.mark.embedded,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]
PHONE = {"width": 390, "height": 844}


def test_a_day_is_found_by_arrow_keys_and_changed_in_its_place(signed_in: SignedIn) -> None:
    CalendarYear.objects.all().delete()
    content = YearContent("official", "the test", date(2025, 11, 4), library_days(2026))
    import_year(year=2026, content=content, based_on=0, by=SYSTEM)
    page = signed_in(viewport=PHONE)
    page.goto("/official-calendar/2026/")

    page.locator('[data-day="2026-10-01"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-day="2026-10-09"]')).to_be_focused()
    page.keyboard.press("Enter")
    kind = page.get_by_label("What it is")
    expect(kind).to_be_focused()
    expect(kind).to_be_in_viewport()

    kind.select_option(label="Holiday")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Name of the holiday").fill("国庆节")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2026-10-09 is saved.")).to_be_attached()
    changed = page.get_by_role("link", name="Friday 2026-10-09, Holiday, National Day")
    expect(changed).to_be_focused()
    expect(changed).to_be_in_viewport()
    assert load_calendar().day(date(2026, 10, 9)).kind is DayKind.HOLIDAY
