"""Somebody sends a message, sees at once what is wrong with it, and takes it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from messages.models import Broadcast, Draft
from messages.tests.draft_parts import saved
from messages.tests.simulated import make_pair
from simulator.models import LoggedCall
from tests.browser.conftest import SignedIn
from tests.browser.sending import Sending
from tests.browser.test_every_page import DESKTOP, PHONE, not_accessible, too_wide
from tests.factories import make_organisation

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


@pytest.fixture
def draft(site: str) -> Draft:
    organisation = make_organisation(simulated=True)
    return saved(*(make_pair(organisation, name)[0] for name in ("Ops", "Shop")))


def send_now(page: Page, draft: Draft) -> None:
    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_role("button", name="Send to 2 groups now").click()


def test_undo_by_keyboard_leads_back_and_nothing_was_called(
    admin: User, draft: Draft, signed_in: SignedIn, sending: Sending, settings: Any
) -> None:
    settings.UNDO_SECONDS = 15
    page = signed_in()
    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_text("Advanced", exact=True).click()
    page.get_by_label("Leave it as unknown until a person decides").check()
    page.get_by_role("button", name="Send to 2 groups now").click()
    expect(page.locator("#undo")).to_contain_text("Nothing of it has left yet.")
    expect(page.locator("#undo [data-words]")).to_have_text("9 s left to take it back")
    expect(page.locator("#undo [role=status]")).to_have_text("10 s left to take it back")
    wrong = [*not_accessible(page), *too_wide(page, PHONE), *too_wide(page, DESKTOP)]
    assert not wrong, "\n".join(wrong)
    page.locator("#take-back").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken back: nothing was sent.")).to_be_visible()
    expect(page.get_by_label("Leave it as unknown until a person decides")).to_be_checked()
    expect(page.get_by_role("button", name="Send to 2 groups now")).to_be_enabled()
    assert not LoggedCall.objects.exists()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_when_the_time_is_over_the_page_shows_by_itself_what_becomes_of_it(
    scripts: bool, admin: User, draft: Draft, signed_in: SignedIn, sending: Sending, settings: Any
) -> None:
    settings.UNDO_SECONDS = 2
    page = signed_in(java_script_enabled=scripts)
    send_now(page, draft)
    expect(page.locator("#undo")).to_contain_text("It goes out at")
    expect(page.locator("#take-back")).to_have_count(0)
    expect(page.locator("#progress-words")).to_contain_text("of 2 groups are done")
    assert Broadcast.objects.get().status == "fired"
