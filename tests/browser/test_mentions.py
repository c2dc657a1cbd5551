"""Mentions, as people make them: ticked, placed where the cursor stands, and given to a successor."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from messages.models import Delivery, Draft
from simulator.models import ChatMessage
from tests.browser.conftest import SignedIn
from tests.browser.groups import make_group, write_draft
from tests.browser.sending import Sending
from tests.factories import make_list, make_recipient

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]


def test_five_are_mentioned_one_of_them_where_the_cursor_stands(
    admin: User, signed_in: SignedIn, sending: Sending
) -> None:
    robot, _group = make_group("Shop")
    people = [make_recipient(f"Person {letter}", mobile=f"1380000000{place}") for place, letter in enumerate("ABCDE")]
    draft = write_draft("Fire drill", robots=[robot], by=admin, text="Please ask  about the drill.")
    page = signed_in()
    page.goto(f"/drafts/{draft.pk}/")
    text = page.get_by_label("Text", exact=True)
    page.get_by_text("Mention people").click()
    for person in people[:4]:
        page.get_by_label(person.name).check()

    text.evaluate("field => { field.focus(); field.setSelectionRange(11, 11); }")
    page.get_by_role("button", name="Place Person E in the text").click()
    expect(text).to_have_value("Please ask @[Person E] about the drill.")
    expect(text).to_be_focused()
    page.keyboard.press("Control+z")
    expect(text).to_have_value("Please ask  about the drill.")
    page.keyboard.press("Control+Shift+z")
    expect(text).to_have_value("Please ask @[Person E] about the drill.")

    bubble = page.locator("#preview .dt-chat")
    expect(bubble).to_contain_text("Please ask @Person E about the drill.")
    expect(bubble).to_contain_text("@Person A @Person B @Person C @Person D")
    assert "13800000004" not in page.content()

    page.get_by_role("button", name="Save and go on to sending").click()
    page.get_by_role("button", name="Send to 1 group now").click()
    expect(page.get_by_text("1 of 1 group is done")).to_be_visible()
    body = json.loads(Delivery.objects.select_related("body").get().body.text)
    assert body["text"]["content"] == (
        "Please ask @13800000004 about the drill.\n@13800000000 @13800000001 @13800000002 @13800000003"
    )
    assert sorted(body["at"]["atMobiles"]) == [person.mobile for person in people]
    assert ChatMessage.objects.count() == 1


def test_a_successor_takes_the_place_of_a_leaver_and_gives_it_back(admin: User, signed_in: SignedIn) -> None:
    robot, _group = make_group("Shop")
    leaver, _successor = make_recipient("Li Wei"), make_recipient("Zhao Min")
    make_list("Managers", [leaver])
    write_draft("Fire drill", robots=[robot], by=admin, text="Ask @[Li Wei].")
    page = signed_in()
    page.goto(f"/robots/recipients/{leaver.pk}/edit/")
    page.get_by_role("link", name="Successor", exact=True).click()
    expect(page.get_by_text("Managers")).to_be_visible()
    page.get_by_label("Name, mobile or userId").fill("Zhao")
    page.get_by_role("link", name="Choose Zhao Min").click()
    expect(page.get_by_role("heading", name="Zhao Min instead of Li Wei")).to_be_visible()
    page.get_by_role("button", name="Put them in this place").click()
    expect(page.get_by_text("Zhao Min has taken the place of Li Wei.")).to_be_visible()
    assert Draft.objects.get().content == {"content": "Ask @[Zhao Min]."}

    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
    assert Draft.objects.get().content == {"content": "Ask @[Li Wei]."}
