"""Sending, as people do it: now, later, twice by accident, and two people at once."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from messages.models import Broadcast
from simulator.models import ChatMessage
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group, write_draft
from tests.browser.sending import Sending
from tests.factories import make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def test_the_page_of_a_broadcast_follows_it_to_its_end_and_then_asks_no_more(
    admin: User, signed_in: SignedIn, sending: Sending
) -> None:
    robots = [make_group(f"Shop {number}")[0] for number in range(3)]
    refusing, _group = make_group("Head office", noted=False, keywords=["notice"])
    draft = write_draft("Fire drill", robots=[*robots, refusing], by=admin)
    page = signed_in()

    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_role("button", name="Send to 4 groups now").click()

    expect(page.get_by_text("4 of 4 groups are done")).to_be_visible()
    expect(page.locator("#progress")).not_to_have_attribute("hx-get", re.compile("progress"))
    expect(page.locator("#state-delivered")).to_contain_text("3")
    expect(page.locator("#state-failed")).to_contain_text("1")
    row = page.get_by_role("row", name="Head office")
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("The message holds none of the robot's keywords.")
    expect(row).to_contain_text("310000")
    expect(page.get_by_role("link", name="Cancel the broadcast")).to_have_count(0)


def test_a_broadcast_planned_in_a_named_zone_stands_under_what_goes_out_next_until_it_is_cancelled(
    admin: User, signed_in: SignedIn
) -> None:
    robot, _group = make_group("New York office")
    draft = write_draft("Fire drill", robots=[robot], by=admin)
    page = signed_in()
    in_three_days = timezone.now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=3)
    there = in_three_days.replace(hour=9, minute=30, second=0, microsecond=0)

    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_label("At a time").check()
    page.get_by_label("Date", exact=True).fill(f"{there:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("09:30")
    page.get_by_label("Time zone", exact=True).fill("America/New_York")
    expect(page.locator("#moment")).to_contain_text(f"{there:%A}, {there:%Y-%m-%d} 09:30 (America/New_York)")
    page.get_by_role("button", name=f"Schedule for {there:%Y-%m-%d} 09:30 (America/New_York)").click()
    expect(page.get_by_text("Goes out:")).to_be_visible()

    page.goto("/")
    row = page.get_by_role("row", name="Fire drill")
    expect(row).to_contain_text(f"{there:%Y-%m-%d} 09:30 (America/New_York)")
    row.get_by_role("link", name="Fire drill").click()
    page.get_by_role("link", name="Cancel the broadcast").click()
    page.get_by_role("button", name="Cancel the broadcast").click()
    expect(page.get_by_text("Cancelled: nothing more of it goes out.")).to_be_visible()

    page.goto("/")
    expect(page.get_by_text("Nothing is planned.")).to_be_visible()
    planned = Broadcast.objects.get()
    assert planned.planned_at == there
    assert (planned.status, planned.next_at) == ("cancelled", None)


def test_a_double_click_sends_once(admin: User, signed_in: SignedIn, sending: Sending) -> None:
    robot, group = make_group("Shop")
    draft = write_draft("Fire drill", robots=[robot], by=admin)
    page = signed_in()

    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_role("button", name="Send to 1 group now").dblclick()

    expect(page.get_by_text("1 of 1 group is done")).to_be_visible()
    assert Broadcast.objects.count() == 1
    assert ChatMessage.objects.filter(group=group).count() == 1


def test_the_second_of_two_people_who_launch_a_draft_is_told_who_was_first(admin: User, signed_in: SignedIn) -> None:
    robot, _group = make_group("Shop")
    draft = write_draft("Fire drill", robots=[robot], by=admin)
    first, second = signed_in(make_user("zhang", superuser=True)), signed_in()
    for page in (first, second):
        page.goto(f"/drafts/{draft.pk}/launch/")

    first.get_by_role("button", name="Send to 1 group now").click()
    expect(first.get_by_text("On its way.")).to_be_visible()
    second.get_by_role("button", name="Send to 1 group now").click()

    warning = second.get_by_role("alert")
    expect(warning).to_contain_text("zhang launched this draft while you were looking at it.")
    expect(warning).to_contain_text("Nothing was sent by you.")
    assert Broadcast.objects.count() == 1

    second.get_by_role("button", name="Send to 1 group once more").click()
    expect(second.get_by_text("On its way.")).to_be_visible()
    assert list(Broadcast.objects.order_by("pk").values_list("created_by_name", flat=True)) == ["zhang", "admin"]


def test_a_keyword_that_is_missing_is_told_before_anything_is_sent(admin: User, signed_in: SignedIn) -> None:
    wanting, _group = make_group("Wanting", keywords=["notice"])
    other, _group = make_group("Other")
    draft = write_draft("Fire drill", robots=[wanting, other], by=admin)
    page = signed_in()

    page.goto(f"/drafts/{draft.pk}/launch/")
    blockers = page.get_by_role("region", name="This would fail")
    expect(blockers).to_contain_text("notice")
    expect(page.get_by_role("button", name="Send to 2 groups now")).to_be_disabled()
    blockers.get_by_role("button", name="Leave this group out").click()

    expect(page.get_by_role("button", name="Send to 1 group now")).to_be_enabled()
    expect(page.get_by_text("1 group is left out: Wanting robot")).to_be_visible()
