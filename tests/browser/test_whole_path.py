"""The whole path of one announcement: written, tailored, repaired, tried, sent to one group first, then to all."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from messages.models import Broadcast, BroadcastKind, Delivery, DeliveryStatus
from robots.models import Recipient, Robot
from simulator.models import ChatMessage, Group
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group
from tests.browser.sending import Sending
from tests.factories import make_recipient

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

PEOPLE = 5


def test_from_the_first_word_to_the_last_group(admin: User, signed_in: SignedIn, sending: Sending) -> None:
    canteen, canteen_chat = make_group("Canteen")
    office, office_chat = make_group("Office")
    _strict, strict_chat = make_group("Strict", keywords=["Notice"])
    closed, closed_chat = make_group("Closed")
    tester, test_chat = make_group("Trials")
    Robot.objects.filter(pk=closed.pk).update(status="paused", paused_reason="by_person")
    Robot.objects.filter(pk=tester.pk).update(for_tests=True)
    people = [make_recipient(f"Person {number}") for number in range(PEOPLE)]
    page = signed_in(admin)

    _write(page)
    _tailor(page, office)
    _mention(page, people)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 2.").first).to_be_visible()
    page.get_by_role("link", name="Dry run").click()
    _repair(page)
    _try_it(page, office)
    assert [message.group for message in ChatMessage.objects.all()] == [test_chat]
    assert _texts(test_chat)[0].startswith("Office: stay inside. Notice")

    page.get_by_role("link", name="Go on to sending").click()
    _send_with_first(page, canteen)
    assert not ChatMessage.objects.filter(group__in=[office_chat, strict_chat]).exists()
    page.get_by_role("button", name="Let the rest go").click()
    expect(page.get_by_text("All delivered").first).to_be_visible()

    _is_in(canteen_chat, "Drill in Canteen at three.\nNotice\n@", people)
    _is_in(strict_chat, "Drill in Strict at three.\nNotice\n@", people)
    _is_in(office_chat, "Office: stay inside. Notice", people)
    assert not ChatMessage.objects.filter(group=closed_chat).exists()
    sent = Broadcast.objects.get(kind=BroadcastKind.BROADCAST)
    rows = Delivery.objects.filter(run__broadcast=sent).order_by("robot_name")
    assert list(rows.values_list("robot_name", "status", "errcode")) == [
        (f"{name} robot", DeliveryStatus.DELIVERED, 0) for name in ("Canteen", "Office", "Strict")
    ]


def _write(page: Page) -> None:
    page.goto("/drafts/new/")
    page.locator("#id_name").fill("Fire drill")
    page.get_by_label("Text", exact=True).fill("Drill in {{ group }} at three.")
    for name in ("Canteen robot", "Office robot", "Strict robot", "Closed robot"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    expect(page.locator("#reach")).to_contain_text("4 groups")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/drafts/\d+/"))


def _tailor(page: Page, robot: Robot) -> None:
    page.get_by_label("A group, or all groups of a tag").select_option(f"robot-{robot.pk}")
    page.get_by_role("button", name="Write own words").click()
    page.locator("#own-0-text").fill("Office: stay inside. Notice")
    page.get_by_label("As this group sees it").select_option(str(robot.pk))
    expect(page.locator("#preview-body .dt-bubble")).to_contain_text("Office: stay inside.")


def _mention(page: Page, people: list[Recipient]) -> None:
    page.get_by_text("Mention people").click()
    for person in people:
        page.get_by_label(person.name).check()
    expect(page.locator("#preview-body .dt-mention")).to_have_count(PEOPLE)


def _repair(page: Page) -> None:
    blockers = page.get_by_role("region", name="This would fail")
    expect(blockers.locator(".finding-list > li")).to_have_count(2)
    paused = blockers.locator(".finding-list > li").filter(has_text="This robot is paused")
    paused.get_by_role("button", name="Leave this group out").click()
    expect(page.get_by_text("Last: 1 group was left out.")).to_be_visible()
    blockers.get_by_role("button", name="Add “Notice” to the text").click()
    expect(blockers).to_have_count(0)


def _try_it(page: Page, robot: Robot) -> None:
    page.get_by_label("As which group").select_option(str(robot.pk))
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#tried").get_by_text("Delivered")).to_be_visible()


def _send_with_first(page: Page, robot: Robot) -> None:
    page.get_by_text("One group first", exact=True).click()
    page.get_by_label("This group gets it first").select_option(str(robot.pk))
    page.get_by_label("Also when it arrived, the rest waits for a person's go").check()
    page.get_by_role("button", name="Send to 3 groups now").click()
    page.wait_for_url(re.compile(r"/broadcasts/\d+/"))
    expect(page.get_by_text("Waiting for your go")).to_be_visible()


def _texts(chat: Group) -> list[str]:
    return [message.message["text"]["content"] for message in ChatMessage.objects.filter(group=chat)]


def _is_in(chat: Group, begins: str, people: list[Recipient]) -> None:
    """Once, in the simulator's log, with everybody who is mentioned."""
    message = ChatMessage.objects.get(group=chat).message
    assert message["text"]["content"].startswith(begins)
    assert sorted(message["at"]["atMobiles"]) == sorted(person.mobile for person in people)
    assert all(message["text"]["content"].count(f"@{person.mobile}") == 1 for person in people)
