"""What people do with their hands: the keyboard alone, a phone, the switches for language and theme."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from messages.models import Broadcast
from tests.browser.conftest import OpenBrowser, SignedIn
from tests.browser.groups import make_group

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

PASSWORD = "correct-horse-battery"
FARTHEST = 80  # presses of the tab key that somebody might put up with


def tab_to(page: Page, target: Locator) -> None:
    expect(target).to_be_visible()
    for _ in range(FARTHEST):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by keyboard within {FARTHEST} steps")


def test_the_keyboard_alone_signs_in_writes_and_sends(admin: User, open_browser: OpenBrowser) -> None:
    make_group("Shop")
    page = open_browser().new_page()
    page.goto("/accounts/login/")
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Write and send"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New draft")).to_be_visible()

    tab_to(page, page.get_by_label("Text", exact=True))
    page.keyboard.type("Fire drill at three.")
    tab_to(page, page.get_by_role("checkbox", name="Shop robot"))
    page.keyboard.press("Space")
    expect(page.locator("#preview")).to_contain_text("Fire drill at three.")
    tab_to(page, page.get_by_role("button", name="Save and go on to sending"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send Fire drill at three.")).to_be_visible()

    tab_to(page, page.get_by_role("button", name="Send to 1 group now"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("On its way.")).to_be_visible()
    assert Broadcast.objects.get().content == {"content": "Fire drill at three."}


def test_a_phone_has_the_menu_one_tap_away(signed_in: SignedIn) -> None:
    page = signed_in(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()

    page.get_by_role("button", name="Menu").tap()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Robots").tap()

    expect(page.get_by_role("heading", name="Robots", exact=True)).to_be_visible()
    expect(menu).to_be_hidden()


def test_the_language_stays_as_chosen_also_after_signing_out(admin: User, signed_in: SignedIn) -> None:
    page = signed_in()
    page.goto("/robots/")
    account(page).get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="机器人", exact=True)).to_be_visible()
    assert page.url.endswith("/robots/"), "the switch leads back to where one was"

    page.goto("/drafts/")
    expect(page.get_by_role("heading", name="草稿", exact=True)).to_be_visible()
    account(page).get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()

    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_the_theme_stays_as_chosen_in_the_admin_as_well(signed_in: SignedIn) -> None:
    page = signed_in(color_scheme="light")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    account(page).get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    page.goto("/drafts/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.goto("/")
    account(page).get_by_role("button", name="As the system").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def account(page: Page) -> Locator:
    """The menu behind one's own name, opened."""
    menu = page.locator("details.account-menu")
    menu.locator("summary").click()
    return menu
