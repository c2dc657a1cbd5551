"""What was typed survives every mistake, and the mistake is told where it is."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from dingtalk.secrets import Secret
from robots.encryption import decrypt
from robots.models import Robot
from simulator.groups import create_group
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group, write_draft
from tests.factories import make_organisation, make_robot, make_tag

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def test_a_robot_with_a_mistake_keeps_all_that_was_typed_and_never_shows_the_webhook_again(
    signed_in: SignedIn, site: str
) -> None:
    make_robot("Taken")
    make_organisation("Simulated", simulated=True)
    make_tag("shops")
    group = create_group(name="Shop", robot_name="Shop", signed=True)
    page = signed_in()
    page.goto("/robots/add/")

    page.get_by_label("Webhook").fill(f"{site}/simulator/robot/send?access_token={group.token}")
    page.get_by_label("Signing secret").fill(group.secret)
    page.get_by_label("Organisation", exact=True).select_option("Simulated")
    page.get_by_label("Name").fill("Taken")
    page.get_by_label("Group optional").fill("Shop in the north")
    page.get_by_label("shops").check()
    page.get_by_label("Notes").fill("Ask Li before use.")
    page.get_by_role("button", name="Add the robot").click()

    error = page.get_by_text("There is a robot of this name already.")
    expect(error).to_be_visible()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("Taken")
    expect(page.get_by_label("Group optional")).to_have_value("Shop in the north")
    expect(page.get_by_label("shops")).to_be_checked()
    expect(page.get_by_label("Notes")).to_have_value("Ask Li before use.")
    assert group.token not in page.content()
    assert group.secret not in page.content()

    page.get_by_label("Name").fill("Shop")
    page.get_by_role("button", name="Add the robot").click()
    expect(page.get_by_role("heading", name="Shop", exact=True)).to_be_visible()
    robot = Robot.objects.get(name="Shop")
    assert decrypt(robot.token_encrypted) == Secret(group.token), "the webhook need not be pasted twice"
    assert decrypt(robot.secret_encrypted) == Secret(group.secret)


def test_a_draft_keeps_what_was_typed_when_the_type_is_switched_and_back(admin: User, signed_in: SignedIn) -> None:
    page = signed_in()
    page.goto("/drafts/new/")
    page.get_by_label("Text", exact=True).fill("Fire drill at three.")
    page.get_by_role("button", name="Link").click()
    page.get_by_label("Where it leads").fill("https://example.com/drill")
    page.get_by_role("button", name="Text").click()

    expect(page.get_by_label("Text", exact=True)).to_have_value("Fire drill at three.")
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_label("Where it leads")).to_have_value("https://example.com/drill")


def test_a_time_that_is_over_is_told_beside_it_and_the_rest_stays(admin: User, signed_in: SignedIn) -> None:
    robot, _group = make_group("Shop")
    draft = write_draft("Fire drill", robots=[robot], by=admin)
    page = signed_in()
    page.goto(f"/drafts/{draft.pk}/launch/")
    page.get_by_label("At a time").check()
    page.get_by_label("Date", exact=True).fill("2020-01-02")
    page.get_by_label("Time", exact=True).fill("09:30")
    page.get_by_label("Time zone", exact=True).fill("Europe/London")
    page.get_by_role("button", name=re.compile("^Schedule")).click()

    expect(page.get_by_text("2020-01-02 09:30 (Europe/London) is already over").first).to_be_visible()
    expect(page.get_by_label("Date", exact=True)).to_have_value("2020-01-02")
    expect(page.get_by_label("Time", exact=True)).to_have_value("09:30")
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Europe/London")
    expect(page.get_by_label("At a time")).to_be_checked()
