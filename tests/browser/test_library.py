"""From a draft to a template and back to a draft, and drafts put away and taken back: by keyboard."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from messages.models import Draft, Shelf
from messages.services.shelves import archive_drafts
from messages.tests.draft_parts import WANG, saved
from tests.browser.conftest import SignedIn
from tests.browser.test_every_page import DESKTOP, PHONE, not_accessible, too_wide

pytestmark = [
    pytest.mark.browser,
    pytest.mark.embedded,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def press(page: Page, role: Literal["link", "button"], name: str) -> None:
    page.get_by_role(role, name=name, exact=True).first.focus()
    page.keyboard.press("Enter")


def looks_right(page: Page) -> None:
    wrong = [*not_accessible(page), *too_wide(page, PHONE), *too_wide(page, DESKTOP)]
    assert not wrong, "\n".join(wrong)


def test_a_draft_becomes_a_template_that_makes_drafts(signed_in: SignedIn) -> None:
    draft = saved(content={"content": "Drill at three, {{ group }}"})
    page = signed_in()
    page.goto(f"/drafts/{draft.pk}/")
    page.locator("summary[aria-label='More for Fire drill']").focus()
    page.keyboard.press("Enter")
    press(page, "link", "Save as template…")
    page.get_by_label("Category").fill("Safety")
    page.get_by_label("Category").press("Enter")
    expect(page.get_by_text("“Fire drill” is a template now")).to_be_visible()

    page.goto("/templates/")
    expect(page.locator(".template-look")).to_contain_text("Drill at three, {{ group }}")
    looks_right(page)
    press(page, "button", "Use Fire drill")
    expect(page.get_by_text("This is a new draft; the template stays as it is.")).to_be_visible()
    expect(page.get_by_role("link", name="Made from the template “Fire drill”")).to_be_visible()
    looks_right(page)
    assert Draft.objects.filter(shelf=Shelf.DRAFTS).count() == 2


def test_chosen_drafts_are_archived_and_undone(signed_in: SignedIn) -> None:
    saved()
    archive_drafts([saved().pk], by=WANG)
    page = signed_in()
    page.goto("/drafts/")
    page.get_by_label("Select Fire drill").press("Space")
    expect(page.locator("[data-selected-count=draft]")).to_have_text("1")
    press(page, "button", "Archive the selected")
    expect(page.get_by_text("“Fire drill” is archived.")).to_be_visible()
    looks_right(page)
    assert Draft.objects.filter(shelf=Shelf.ARCHIVE).count() == 2
    press(page, "button", "Undo")
    expect(page.get_by_text("“Fire drill” is among the drafts again.")).to_be_visible()
    page.goto("/drafts/archived/")
    looks_right(page)
    assert Draft.objects.filter(shelf=Shelf.ARCHIVE).count() == 1


def test_the_menu_of_one_draft_copies_and_archives_that_one_alone(signed_in: SignedIn) -> None:
    kept = saved()
    chosen = saved()
    page = signed_in(viewport=PHONE)
    page.goto("/drafts/")
    page.get_by_label("Select Fire drill").last.check()  # another one, which is not meant
    page.get_by_label("More for Fire drill").first.click()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("“Fire drill” is archived.")).to_be_visible()
    assert list(Draft.objects.filter(shelf=Shelf.ARCHIVE)) == [chosen]
    page.get_by_label("More for Fire drill").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("This is the copy, with mentions, own words and audience")).to_be_visible()
    assert Draft.objects.filter(name="Copy of Fire drill", shelf=Shelf.DRAFTS).exists()
    assert kept.shelf == Shelf.DRAFTS
