"""What needs a person's care: notices put away, groups chosen while a page renews itself, many decided at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from messages.models import BroadcastStatus, Delivery, DeliveryStatus, Run
from messages.notices.kinds import NoticeKind
from messages.notices.raising import raise_notice
from tests.browser.conftest import SignedIn
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def going_out(*statuses: str) -> Run:
    """A broadcast of which one group still waits, so that its page renews itself."""
    run = make_run(make_broadcast("Fire drill", status=BroadcastStatus.FIRED))
    make_delivery(make_robot("waiting"), run=run, due_at=timezone.now() + timedelta(hours=1))
    for number, status in enumerate(statuses):
        make_delivery(make_robot(f"{status} {number}"), run=run, status=status, reason="read_timeout")
    return run


def wait_for_news(page: Page) -> None:
    """Two answers: the page holds what came with the first of them."""
    for _number in range(2):
        with page.expect_response(lambda response: "/progress/" in response.url):
            pass


def test_a_notice_is_put_away_by_keyboard(signed_in: SignedIn) -> None:
    raise_notice(NoticeKind.ADDRESS_BANNED, params={"minutes": 5}, at=timezone.now())
    page = signed_in()
    page.goto("/")
    expect(page.get_by_text("DingTalk shut out this server for 5 minutes").first).to_be_visible()
    page.get_by_role("button", name="Put away").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Put away. If it happens again, you are told again.")).to_be_visible()
    expect(page.get_by_text("DingTalk shut out this server")).to_have_count(0)


def test_what_is_chosen_stays_chosen_while_the_page_renews_itself(signed_in: SignedIn) -> None:
    run = going_out(DeliveryStatus.FAILED, DeliveryStatus.FAILED)
    page = signed_in()
    page.goto(f"/broadcasts/{run.broadcast_id}/")
    page.get_by_label("Select failed 0").check()
    wait_for_news(page)
    expect(page.get_by_label("Select failed 0")).to_be_checked()
    expect(page.get_by_label("Select failed 1")).not_to_be_checked()
    expect(page.locator("[data-selected-count=delivery]")).to_have_text("1")
    page.get_by_role("button", name="Send the selected again").click()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Sent again: 1 message is on its way.")).to_be_visible()
    assert Run.objects.get(resend_of=run).deliveries.get().robot_name == "failed 0"


def test_all_that_are_unknown_are_selected_and_decided_at_once(signed_in: SignedIn) -> None:
    run = going_out(DeliveryStatus.UNCERTAIN, DeliveryStatus.UNCERTAIN, DeliveryStatus.DELIVERED)
    page = signed_in()
    page.goto("/history/?state=uncertain")
    page.locator("#pick-all-below").check()
    expect(page.locator("[data-selected-count=delivery]")).to_have_text("2")
    page.get_by_role("button", name="Decide about the selected").click()
    page.get_by_label("It arrived").check()
    page.get_by_role("button", name="Decide for 2 deliveries").click()
    expect(page.get_by_text("Decided for 2 deliveries: It arrived.")).to_be_visible()
    assert not Delivery.objects.undecided().exists()
    assert run.deliveries.filter(status=DeliveryStatus.DELIVERED).count() == 3
