"""Somebody stops what is going out, and sees it take hold."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from messages.models import Broadcast, BroadcastStatus
from simulator.groups import create_group
from simulator.models import Fault, FaultKind, LoggedCall
from tests.browser.conftest import SignedIn
from tests.browser.sending import Sending
from tests.browser.test_every_page import DESKTOP, PHONE, not_accessible, too_wide
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

GROUPS = 40
AT_REST = "no call is in flight, and no further one leaves."
CONFIRMED = re.compile(f"No further call leaves|{AT_REST}")


@pytest.fixture
def broadcast(site: str) -> Broadcast:
    """Going out to groups that do not answer at once."""
    organisation = make_organisation(simulated=True)
    made = make_broadcast("Fire drill", status=BroadcastStatus.FIRED)
    run = make_run(made)
    for number in range(GROUPS):
        group = create_group(name=f"group {number}", robot_name="robot", signed=True)
        Fault.objects.create(group=group, kind=FaultKind.LATENCY, delay_ms=600, remaining=None)
        robot = make_robot(f"robot {number}", token=group.token, secret=group.secret, organisation=organisation)
        make_delivery(robot, run=run, turn=number)
    return made


def press(page: Page, selector: str) -> None:
    """By keyboard alone."""
    page.locator(selector).focus()
    page.keyboard.press("Enter")


def assert_no_further_call() -> None:
    confirmed = LoggedCall.objects.count()
    time.sleep(1)
    assert LoggedCall.objects.count() == confirmed


def test_a_broadcast_is_paused_and_resumed_by_keyboard_and_the_page_follows(
    admin: User, broadcast: Broadcast, signed_in: SignedIn, sending: Sending
) -> None:
    page = signed_in()
    page.goto(f"/broadcasts/{broadcast.pk}/")
    expect(page.locator("#pace")).to_contain_text("sent per second")
    press(page, "#pause")
    expect(page.locator("#brake")).to_contain_text("Paused by admin.")
    expect(page.locator("#brake")).to_contain_text(AT_REST)
    assert_no_further_call()
    assert LoggedCall.objects.count() < GROUPS

    press(page, "#resume")
    expect(page.locator("#broadcast-state")).to_contain_text("All delivered")
    expect(page.locator("#progress-words")).to_contain_text(f"{GROUPS} of {GROUPS}")
    assert LoggedCall.objects.count() == GROUPS


def test_all_sending_is_stopped_every_page_says_so_and_it_goes_on(
    admin: User, broadcast: Broadcast, signed_in: SignedIn, sending: Sending
) -> None:
    page = signed_in()
    page.goto("/")
    page.get_by_role("link", name="Stop all sending").click()
    page.get_by_role("button", name="Stop all sending").click()
    banner = page.get_by_role("complementary", name="All sending is stopped")
    expect(banner).to_contain_text("All sending is stopped by admin.")
    expect(banner).to_contain_text(AT_REST)
    assert_no_further_call()
    page.goto("/robots/")
    expect(banner).to_be_visible()

    banner.get_by_role("link", name="Resume all sending").click()
    page.get_by_role("button", name="Resume all sending").click()
    expect(banner).to_have_count(0)
    page.goto(f"/broadcasts/{broadcast.pk}/")
    expect(page.locator("#broadcast-state")).to_contain_text("All delivered")


def test_while_calls_take_long_it_is_said_at_once_that_no_further_one_leaves(
    admin: User, broadcast: Broadcast, signed_in: SignedIn, sending: Sending
) -> None:
    Fault.objects.update(delay_ms=3000)
    page = signed_in()
    page.goto(f"/broadcasts/{broadcast.pk}/")
    expect(page.locator("#state-sending")).to_be_visible()
    page.locator("#pause").click()
    expect(page.locator("#brake")).to_contain_text(CONFIRMED)
    assert_no_further_call()
    expect(page.locator("#brake")).to_contain_text(AT_REST)
    page.locator("#resume").click()

    expect(page.locator("#state-sending")).to_be_visible()
    page.goto("/sending/stop/")
    page.get_by_role("button", name="Stop all sending").click()
    expect(page.locator("#stop-banner")).to_contain_text(CONFIRMED)
    assert_no_further_call()
    expect(page.locator("#stop-banner")).to_contain_text(AT_REST)
    assert LoggedCall.objects.values("body").distinct().count() == LoggedCall.objects.count() < GROUPS


def test_what_is_stopped_can_be_read_and_fits(admin: User, broadcast: Broadcast, signed_in: SignedIn) -> None:
    wrong: list[str] = []
    page = signed_in()
    Broadcast.objects.update(paused_at=timezone.now(), paused_by_name="w" * 150)
    late = make_broadcast("Late", planned_at=timezone.now() - timedelta(hours=3), paused_at=timezone.now())
    page.goto("/sending/stop/")
    page.get_by_role("button", name="Stop all sending").click()
    for path in ("/", f"/broadcasts/{broadcast.pk}/", f"/broadcasts/{late.pk}/resume/", "/sending/resume/", "/admin/"):
        page.goto(path)
        wrong += not_accessible(page) if path != "/admin/" else []
        wrong += too_wide(page, PHONE) + too_wide(page, DESKTOP)
    assert not wrong, "\n".join(wrong)
