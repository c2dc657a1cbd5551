"""A message is tried in the test group, goes to one group first, and then, by a person's go, to the rest."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from robots.models import Robot
from simulator.models import ChatMessage
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group, write_draft
from tests.browser.sending import Sending

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def test_tried_in_the_test_group_then_one_group_first_then_the_rest(
    admin: User, signed_in: SignedIn, sending: Sending
) -> None:
    canteen, canteen_chat = make_group("Canteen")
    office, office_chat = make_group("Office")
    tester, test_chat = make_group("Trials")
    Robot.objects.filter(pk=tester.pk).update(for_tests=True)
    draft = write_draft("Fire drill", robots=[canteen, office], by=admin, text="Drill in {{ group }}.")
    page = signed_in(admin)

    page.goto(f"/drafts/{draft.pk}/")
    page.get_by_label("As this group sees it").select_option(str(office.pk))
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#tried").get_by_text("Delivered")).to_be_visible()
    assert ChatMessage.objects.get().group == test_chat
    assert ChatMessage.objects.get().message["text"]["content"] == "Drill in Office."
    expect(page.locator("#tried").get_by_role("link", name="Trials robot")).to_be_visible()

    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_text("One group first", exact=True).click()
    page.get_by_label("This group gets it first").select_option(str(canteen.pk))
    page.get_by_label("Also when it arrived, the rest waits for a person's go").check()
    page.get_by_role("button", name="Send to 2 groups now").click()
    page.wait_for_url(re.compile(r"/broadcasts/\d+/"))
    expect(page.get_by_text("Waiting for your go")).to_be_visible()
    assert ChatMessage.objects.filter(group=canteen_chat).count() == 1
    assert not ChatMessage.objects.filter(group=office_chat).exists()
    page.get_by_role("button", name="Let the rest go").click()
    expect(page.get_by_text("All delivered").first).to_be_visible()
    assert ChatMessage.objects.get(group=office_chat).message["text"]["content"] == "Drill in Office."


def test_the_dry_run_tries_it_by_keyboard_on_a_phone_and_keeps_what_came_of_it(
    admin: User, signed_in: SignedIn, sending: Sending
) -> None:
    canteen, _chat = make_group("Canteen")
    office, _chat = make_group("Office", keywords=["Notice"])
    tester, test_chat = make_group("Trials")
    Robot.objects.filter(pk=tester.pk).update(for_tests=True)
    draft = write_draft("Fire drill", robots=[canteen, office], by=admin, text="Drill in {{ group }}.")
    page = signed_in(admin, viewport={"width": 390, "height": 844})

    page.goto(f"/drafts/{draft.pk}/dry-run/")
    page.get_by_label("As which group").select_option(label="Canteen · Canteen robot")
    page.get_by_role("button", name="Send a test").press("Enter")
    expect(page.locator("#tried").get_by_text("Delivered")).to_be_visible()
    expect(page.locator("#try")).to_be_focused()
    assert ChatMessage.objects.get(group=test_chat).message["text"]["content"] == "Drill in Canteen."
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("button", name="Leave this group out").press("Enter")
    expect(page.get_by_text("Last: 1 group was left out.")).to_be_visible()
    expect(page.locator("#tried").get_by_text("Delivered")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/dry-run/$"))
    page.get_by_role("button", name="Send a test").press("Enter")
    expect(page.locator("#tried").get_by_role("link", name="Trials robot")).to_be_visible()
