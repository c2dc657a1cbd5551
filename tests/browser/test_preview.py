"""The live preview follows every key, shows any group, and is one tap away on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenBrowser, SignedIn, session_of
from tests.browser.groups import write_draft
from tests.factories import make_robot, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

PHONE = {"width": 390, "height": 844}


def test_the_preview_follows_the_keys_and_shows_any_group(signed_in: SignedIn) -> None:
    admin = make_user("admin", superuser=True)
    robots = [
        make_robot(f"robot {number:02d}", group_name=f"Shop {number:02d}", variables={"manager": f"M{number:02d}"})
        for number in range(60)
    ]
    draft = write_draft("Drill", robots=robots, by=admin)
    page = signed_in(admin)
    page.goto(f"/drafts/{draft.pk}/")
    text, preview = page.get_by_label("Text", exact=True), page.locator("#preview-body")
    bubble = preview.locator(".dt-bubble")

    page.get_by_role("button", name="Markdown").click()
    title = page.get_by_label("Title")
    title.fill("Fire drill")
    text = page.get_by_label("Text in markdown")
    text.fill("")
    text.press_sequentially("Ask **{{ manager }}** `now`")
    expect(bubble.locator("strong")).to_have_text("M00")
    expect(bubble.locator(".dt-from")).to_have_attribute("title", "{{ manager }} · from the robot")
    expect(bubble.locator("mark.dt-unshown")).to_contain_text("`now`")
    expect(page.locator("#remarks-text")).to_contain_text("Line 1: DingTalk will not show code as code")
    expect(page.locator("#remarks-title")).to_contain_text("Repeat it in the text")
    expect(preview.locator(".dt-line-summary")).to_contain_text("Fire drill")
    expect(text).to_have_value("Ask **{{ manager }}** `now`")
    expect(text).to_be_focused()
    expect(page.locator("#preview-status")).to_have_text("The message is complete. Shown as Shop 00 sees it.")

    page.get_by_role("button", name="The next group: Shop 01").press("Enter")
    expect(bubble.locator("strong")).to_have_text("M01")
    expect(page.locator("#shown-on")).to_be_focused()
    expect(page.locator("#preview-status")).to_have_text("The message is complete. Shown as Shop 01 sees it.")
    page.get_by_label("Search for a group to show").fill("shop 57")
    expect(preview.get_by_text("1 group is found.")).to_be_visible()
    preview.get_by_label(re.compile("As this group sees it")).select_option("Shop 57 · robot 57")
    expect(bubble.locator("strong")).to_have_text("M57")

    page.get_by_text("Desktop", exact=True).click()
    expect(preview.locator(".dt-screen")).not_to_have_css("zoom", "1")
    text.press_sequentially(" and go to the yard with everybody of your floor")
    expect(bubble).to_contain_text("of your floor")
    expect(page.get_by_role("radio", name="Desktop")).to_be_checked()


def test_on_a_phone_the_preview_is_one_tap_away_and_nothing_typed_is_lost(signed_in: SignedIn) -> None:
    admin = make_user("admin", superuser=True)
    draft = write_draft("Drill", robots=[make_robot("a", group_name="Shop A")], by=admin)
    page = signed_in(admin, viewport=PHONE, has_touch=True)
    page.goto(f"/drafts/{draft.pk}/")
    text, bubble = page.get_by_label("Text", exact=True), page.locator("#preview-body .dt-bubble")
    text.fill("To {{ group }}")
    expect(bubble).to_be_hidden()
    page.get_by_role("link", name="Preview").tap()
    expect(bubble).to_be_visible()
    expect(bubble).to_have_text("To Shop A")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="Write").tap()
    expect(text).to_have_value("To {{ group }}")


def test_without_scripts_a_button_previews_what_was_typed(open_browser: OpenBrowser, site: str) -> None:
    admin = make_user("admin", superuser=True)
    robots = [make_robot(name, group_name=f"Shop {name}") for name in "ab"]
    draft = write_draft("Drill", robots=robots, by=admin)
    context = open_browser(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": session_of(admin), "url": site}])
    page = context.new_page()
    page.goto(f"/drafts/{draft.pk}/")
    page.get_by_label("Text", exact=True).fill("To {{ group }}")
    page.get_by_role("button", name="Preview").last.click()
    bubble = page.locator("#preview-body .dt-bubble")
    expect(bubble).to_have_text("To Shop a")
    page.get_by_role("button", name="The next group: Shop b").click()
    expect(bubble).to_have_text("To Shop b")
    expect(page.get_by_label("Text", exact=True)).to_have_value("To {{ group }}")
