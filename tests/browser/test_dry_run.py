"""Two blockers are seen in the dry run, each repaired by one press that can be undone; then it goes out."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from messages.models import Broadcast, Delivery, Draft
from robots.models import Robot
from simulator.models import ChatMessage
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group, write_draft
from tests.browser.sending import Sending

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def test_two_blockers_are_seen_repaired_by_one_press_each_and_launched(
    admin: User, signed_in: SignedIn, sending: Sending
) -> None:
    canteen, _group = make_group("Canteen")
    strict, group = make_group("Strict", keywords=["Notice"])
    closed, _group = make_group("Closed")
    Robot.objects.filter(pk=closed.pk).update(status="paused", paused_reason="by_person")
    draft = write_draft("Fire drill", robots=[canteen, strict, closed], by=admin)
    page = signed_in(admin)

    page.goto(f"/drafts/{draft.pk}/")
    page.get_by_role("link", name="Dry run").click()
    blockers = page.get_by_role("region", name="This would fail")
    expect(blockers.get_by_role("listitem").filter(has_text="This robot is paused")).to_be_visible()
    expect(blockers.get_by_text("only accepts messages that contain Notice")).to_be_visible()

    blockers.get_by_role("button", name="Leave this group out").first.click()
    expect(page.get_by_text("Last: 1 group was left out.")).to_be_visible()
    expect(blockers.get_by_text("This robot is paused")).to_have_count(0)
    blockers.get_by_role("button", name="Add “Notice” to the text").click()
    expect(
        page.get_by_text("Nothing blocks it").or_(page.get_by_text("Nothing speaks against sending"))
    ).to_be_visible()
    assert Draft.objects.get().content == {"content": "Drill at three.\nNotice"}

    page.get_by_role("button", name="Undo").press("Enter")
    expect(blockers.get_by_text("only accepts messages that contain Notice")).to_be_visible()
    blockers.get_by_role("button", name="Add “Notice” to the text").press("Enter")
    expect(blockers).to_have_count(0)
    assert not Broadcast.objects.exists()
    assert not ChatMessage.objects.exists()

    page.get_by_role("link", name="Go on to sending").click()
    page.get_by_role("button", name="Send to 2 groups now").click()
    page.wait_for_url(re.compile(r"/broadcasts/\d+/"))
    expect(page.get_by_text("All delivered").first).to_be_visible()
    assert sorted(Delivery.objects.values_list("robot_name", flat=True)) == ["Canteen robot", "Strict robot"]
    assert ChatMessage.objects.filter(group=group).count() == 1


def test_the_rows_are_filtered_without_leaving_the_place(admin: User, signed_in: SignedIn) -> None:
    canteen, _group = make_group("Canteen")
    strict, _group = make_group("Strict", keywords=["Notice"])
    draft = write_draft("Fire drill", robots=[canteen, strict], by=admin)
    page = signed_in(admin)
    page.goto(f"/drafts/{draft.pk}/dry-run/")
    table = page.get_by_role("region", name="Group by group").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(3)
    page.get_by_label("Result").select_option("blocker")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("level=blocker"))
    page.get_by_role("button", name="Leave Strict robot out").click()
    expect(page.get_by_text("Last: 1 group was left out.")).to_be_visible()
    expect(page).to_have_url(re.compile("level=blocker"))
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(table.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="1 blocked").click()
    expect(page).to_have_url(re.compile("check=keyword&level=blocker"))
    expect(table.get_by_role("row")).to_have_count(2)
