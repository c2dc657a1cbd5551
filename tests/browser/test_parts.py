"""A message that is too long for one: parts are offered, seen, taken by one press, and arrive in order."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from simulator.models import ChatMessage
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group, write_draft
from tests.browser.sending import Sending

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

TEXT = "\n\n".join(f"{number}. {'各位同事，请按时提交材料。' * 20}" for number in range(40))


def test_parts_are_seen_taken_by_one_press_and_arrive_in_order(
    admin: User, signed_in: SignedIn, sending: Sending
) -> None:
    canteen, _group = make_group("Canteen")
    strict, group = make_group("Strict", keywords=["材料"])
    draft = write_draft("Long", robots=[canteen, strict], by=admin, text=TEXT)
    page = signed_in(admin)

    page.goto(f"/drafts/{draft.pk}/")
    expect(page.get_by_text("In the group, sent in 2 parts")).to_be_visible()
    page.goto(f"/drafts/{draft.pk}/launch/")
    blockers = page.get_by_role("region", name="This would fail")
    expect(blockers.get_by_text("Or send it in 2 parts.")).to_be_visible()
    blockers.get_by_role("button", name="Send it in 2 parts").press("Enter")
    expect(page.get_by_role("region", name="Too long for one message")).to_be_visible()
    expect(page.get_by_label("Send it in parts")).to_be_checked()
    expect(blockers).to_have_count(0)

    page.get_by_role("button", name="Send to 2 groups now").click()
    page.wait_for_url(re.compile(r"/broadcasts/\d+/"))
    expect(page.get_by_text("All delivered").first).to_be_visible()
    expect(page.get_by_text("part 2 of 2").first).to_be_visible()
    messages = ChatMessage.objects.filter(group=group).order_by("pk")
    texts = [message.message["text"]["content"] for message in messages]
    assert [text[:5] for text in texts] == ["(1/2)", "(2/2)"]
    assert all("材料" in text for text in texts)
