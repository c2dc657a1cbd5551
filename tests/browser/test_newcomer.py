"""The way of somebody who has just started DingAdmin for the first time, on the stack as it is shipped."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenBrowser
from tests.processes.stack import Stack, fresh_stack
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.embedded]

TEXT = "Fire drill on Friday at three."
REFUSAL = "The message holds none of the robot's keywords."


@pytest.fixture
def stack() -> Iterator[Stack]:
    with fresh_stack() as stack:
        stack.start()
        yield stack


def test_a_newcomer_signs_in_adds_robots_sends_and_sees_what_became_of_it(
    stack: Stack, new_browser: OpenBrowser
) -> None:
    page = new_browser(base_url=stack.url).new_page()
    sign_in(page, stack)
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()

    add_robot(page, "Warehouse", *simulated_group(page, "Warehouse"))
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#live")).to_contain_text("DingTalk took the message.")
    add_robot(page, "Kitchen", *simulated_group(page, "Kitchen", keywords="notice"))

    write_and_send(page)
    expect(page.get_by_text("2 of 2 groups are done")).to_be_visible()
    expect(page.locator("#progress")).not_to_have_attribute("hx-get", re.compile("progress"))
    expect(page.get_by_role("row", name="Warehouse")).to_contain_text("Delivered")
    expect(page.get_by_role("row", name="Kitchen")).to_contain_text(REFUSAL)

    look_into_the_history(page)
    look_into_the_chat(page)
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("row", name=REFUSAL)).to_contain_text("1")


def printed(stack: Stack, name: str) -> str:
    def found() -> str | None:
        return next((line.split(": ", 1)[1] for line in stack.lines if line.startswith(f"{name}: ")), None)

    wait_for(found, seconds=10, what=f"the line {name}", log=stack.lines)
    return str(found())


def sign_in(page: Page, stack: Stack) -> None:
    page.goto("/")
    page.get_by_label("User name").fill(printed(stack, "User"))
    page.get_by_label("Password", exact=True).fill(printed(stack, "Password"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def simulated_group(page: Page, name: str, *, keywords: str = "") -> tuple[str, str]:
    """Its webhook and signing secret, as one copies them."""
    page.get_by_role("link", name="Simulator").click()
    page.get_by_role("link", name="Add a group").click()
    page.get_by_label("Group", exact=True).fill(name)
    page.get_by_label("Robot's name in the chat").fill(name)
    page.get_by_label("Keywords").fill(keywords)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    return page.get_by_label("Webhook").input_value(), page.get_by_label("Signing secret").input_value()


def add_robot(page: Page, name: str, webhook: str, secret: str) -> None:
    page.get_by_role("link", name="Robots", exact=True).click()
    page.get_by_role("link", name="Add a robot").click()
    page.get_by_label("Webhook").fill(webhook)
    page.get_by_label("Signing secret").fill(secret)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Organisation", exact=True).select_option("演示组织（模拟）")
    page.get_by_role("button", name="Add the robot").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def write_and_send(page: Page) -> None:
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Write and send").click()
    page.get_by_label("Text", exact=True).fill(TEXT)
    for robot in ("Warehouse", "Kitchen"):
        page.get_by_role("checkbox", name=robot).check()
    expect(page.locator("#preview")).to_contain_text(TEXT)
    page.get_by_role("button", name="Save and go on to sending").click()
    expect(page.get_by_text("Nothing speaks against sending.")).to_be_visible()
    page.get_by_role("button", name="Send to 2 groups now").click()


def look_into_the_history(page: Page) -> None:
    page.get_by_role("link", name="History").click()
    page.get_by_role("row", name="Kitchen").get_by_role("link", name="Kitchen").click()
    expect(page.get_by_text(REFUSAL).first).to_be_visible()
    expect(page.get_by_text("310000").first).to_be_visible()


def look_into_the_chat(page: Page) -> None:
    page.get_by_role("link", name="Simulator").click()
    page.get_by_role("link", name="Warehouse").click()
    expect(page.get_by_role("article").filter(has_text=TEXT)).to_be_visible()
