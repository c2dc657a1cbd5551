"""A filter by one of very many rows, typed and clicked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from audit.row_search import FEW, SHOWN
from robots.models import Robot
from tests.browser.conftest import SignedIn
from tests.factories import make_delivery, make_robot
from tests.test_row_filters import fill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def test_a_row_is_typed_or_picked_from_what_was_meant_and_dropped_again_by_the_keyboard(signed_in: SignedIn) -> None:
    fill(FEW + 1)
    make_delivery(make_robot("上海徐汇")), make_delivery(Robot.objects.get(name="robot 00007"))
    page = signed_in()
    page.goto("/history/")
    rows = page.locator("#results tbody tr")
    robot, tag = page.get_by_label("Robot", exact=True), page.get_by_label("Tag", exact=True)

    robot.press_sequentially("robot 001")
    expect(page.locator("#id_robot_rows option").first).to_have_attribute("value", "robot 00100")
    expect(page.locator("#id_robot_rows option")).to_have_count(SHOWN)
    robot.press("Enter")
    expect(page.get_by_text("Several fit “robot 001”. Which one?")).to_be_visible()
    expect(robot).to_be_focused()
    expect(robot).to_have_value("robot 001")
    expect(rows).to_have_count(2)

    robot.fill("徐汇")
    robot.press("Enter")
    drop = page.get_by_role("link", name="Drop the filter Robot: 上海徐汇")
    expect(drop).to_be_focused()
    expect(rows).to_have_count(1)

    tag.fill("tga 00007")
    tag.press("Tab")
    expect(page.get_by_text("Nothing fits “tga 00007”. Did you mean:")).to_be_visible()
    page.get_by_role("link", name="tag 00007", exact=True).click()
    expect(page.get_by_role("link", name="Drop the filter Tag: tag 00007")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?robot=\d+&tag=\d+$"))
    expect(rows).to_have_count(0)

    page.get_by_role("link", name="Drop the filter Tag: tag 00007").click()
    expect(rows).to_have_count(1)
    drop.press("Enter")
    expect(robot).to_be_focused()
    expect(rows).to_have_count(2)


def test_without_javascript_a_typed_name_filters_and_can_be_dropped(signed_in: SignedIn) -> None:
    fill(FEW + 1)
    make_delivery(make_robot("shop")), make_delivery(Robot.objects.get(name="robot 00007"))
    page = signed_in(java_script_enabled=False)
    page.goto("/history/")
    rows = page.locator("#results tbody tr")

    page.get_by_label("Robot", exact=True).fill("sho")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(1)
    page.get_by_label("State").select_option("waiting")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile(r"state=waiting.*&robot=\d+&"))
    expect(rows).to_have_count(1)

    page.get_by_role("link", name="Drop the filter Robot: shop").click()
    expect(page.get_by_label("Robot", exact=True)).to_be_visible()
    expect(rows).to_have_count(2)
