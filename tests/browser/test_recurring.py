"""Somebody has a message go out again and again, looks at the dates, and leaves one of them out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from messages.models import Broadcast, BroadcastStatus, OccurrenceChange
from messages.tests.draft_parts import saved
from messages.tests.test_calendar_care import make_official
from tests.browser.conftest import SignedIn
from tests.browser.test_every_page import DESKTOP, PHONE, not_accessible, too_wide
from tests.factories import make_robot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def choose_workdays(page: Page) -> None:
    """Mondays and Wednesdays, from next week on."""
    page.get_by_label("Again and again").check()
    page.get_by_label("Date", exact=True).fill(f"{timezone.localdate() + timedelta(days=7)}")
    page.get_by_label("Time", exact=True).fill("09:00")
    page.locator("#id_repeat").select_option("week")
    page.get_by_label("Monday").check()
    page.get_by_label("Wednesday").check()
    page.locator("#id_days").select_option("workdays")


def sound(page: Page) -> None:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    wrong = [*not_accessible(page), *too_wide(page, DESKTOP), *too_wide(page, PHONE)]
    assert not wrong, "\n".join(wrong)


def test_a_rule_is_chosen_seen_and_launched_and_one_date_left_out_and_put_back(
    admin: User, signed_in: SignedIn
) -> None:
    for year in range(3):
        make_official(timezone.localdate().year + year)
    draft = saved(make_robot())
    page = signed_in()
    page.goto(f"/drafts/{draft.pk}/launch/")
    choose_workdays(page)
    expect(page.locator("#moment .dates > li").first).to_be_visible()
    expect(page.locator("#moment")).to_contain_text("Every Monday and Wednesday at 09:00 (Asia/Shanghai)")
    sound(page)
    page.get_by_role("button", name="Start: first on").click()

    schedule = page.locator("#schedule")
    expect(schedule).to_contain_text("Every Monday and Wednesday at 09:00 (Asia/Shanghai)")
    first = Broadcast.objects.get().next_at
    schedule.get_by_role("button", name="Leave it out").first.click()
    expect(schedule.locator(".date-out")).to_contain_text("skipped by admin")
    assert OccurrenceChange.objects.count() == 1
    assert Broadcast.objects.get().next_at != first
    sound(page)
    page.goto(page.url)
    schedule.get_by_role("button", name="Put it back").click()
    expect(page.get_by_text("As the rule gives it.")).to_be_visible()
    expect(schedule.locator(".date-out")).to_have_count(0)
    broadcast = Broadcast.objects.get()
    assert (broadcast.status, broadcast.next_at) == (BroadcastStatus.SCHEDULED, first)
