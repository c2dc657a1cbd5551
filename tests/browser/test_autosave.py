"""Nothing typed is lost: it is saved by itself, kept while it cannot be, and never takes the place of others' words."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from messages.models import Draft
from tests.browser.complaints import Complaints
from tests.browser.conftest import SignedIn, session_of
from tests.browser.groups import make_group, write_draft
from tests.browser.test_every_page import PHONE, not_accessible, too_wide
from tests.factories import make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.embedded,  # what the database has to do with it is tested without a browser, and these take a minute
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

SAVED = re.compile(r"All changes saved, \d\d:\d\d")


@pytest.fixture
def draft(admin: User) -> Draft:
    robot, _group = make_group("Shop")
    return write_draft("Fire drill", robots=[robot], by=admin)


def opened(page: Page, draft: Draft) -> Locator:
    """The field for the text."""
    page.goto(f"/drafts/{draft.pk}/")
    return text_of(page)


def text_of(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def line(page: Page) -> Locator:
    return page.locator("#save-line")


def look_again(page: Page) -> None:
    """As every ten seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def assert_sound(page: Page) -> None:
    wrong = not_accessible(page) + too_wide(page, PHONE)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert not wrong, "\n".join(wrong)


def test_what_is_typed_is_saved_by_itself_and_the_caret_stays(draft: Draft, signed_in: SignedIn) -> None:
    page = signed_in()
    text = opened(page, draft)
    text.fill("Drill at four.")
    text.press("ArrowLeft")
    expect(line(page)).to_have_text(SAVED)
    expect(text).to_be_focused()
    assert text.evaluate("(field) => field.selectionStart") == len("Drill at four.") - 1
    assert Draft.objects.get().content == {"content": "Drill at four."}

    text.press_sequentially("!")
    expect(page.locator("#newest-version")).to_contain_text("Version 3, saved by itself while admin wrote")
    assert [version.number for version in draft.versions.all()] == [3, 1]
    assert_sound(page)
    page.reload()
    expect(text).to_have_value("Drill at four!.")
    expect(page.locator("#kept")).to_be_empty()


def test_a_new_draft_begins_with_its_first_words_and_is_one(signed_in: SignedIn) -> None:
    page = signed_in()
    page.goto("/drafts/new/")
    text_of(page).fill("Fire drill at three.")
    expect(line(page)).to_have_text(SAVED)
    expect(page).to_have_url(re.compile(r"/drafts/\d+/$"))
    page.get_by_role("button", name="Link").click()
    page.get_by_label("Where it leads").fill("https://example.com/drill")
    expect(page.locator("#newest-version")).to_contain_text(re.compile("Version [2-9]"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"Saved as version \d+\."))).to_be_visible()
    saved = Draft.objects.get()
    assert (saved.msgtype, saved.content["messageUrl"]) == ("link", "https://example.com/drill")
    assert saved.versions.get().autosaved_since is None


def test_what_is_left_at_once_is_saved_on_the_way(draft: Draft, signed_in: SignedIn) -> None:
    page = signed_in()
    opened(page, draft).fill("Drill at four.")
    page.get_by_role("link", name="Drafts").first.click()
    expect(page.get_by_role("heading", name="Drafts", exact=True)).to_be_visible()
    expect(opened(page, draft)).to_have_value("Drill at four.")


def test_a_name_that_is_too_long_is_told_beside_it_and_the_rest_is_saved(draft: Draft, signed_in: SignedIn) -> None:
    page = signed_in()
    text = opened(page, draft)
    name = page.get_by_label("Name")
    name.evaluate("(field) => field.removeAttribute('maxlength')")
    text.fill("Drill at four.")
    name.fill("x" * 101)
    expect(line(page)).to_contain_text("Saved but for what is marked below")
    expect(name).to_have_accessible_description(re.compile("at most 100 characters"))
    expect(name).to_have_value("x" * 101)
    assert (Draft.objects.get().name, Draft.objects.get().content) == ("Fire drill", {"content": "Drill at four."})
    assert_sound(page)
    name.fill("Drill")
    expect(line(page)).to_have_text(SAVED)
    expect(name).not_to_have_accessible_description(re.compile("at most"))


def test_two_people_who_write_the_same_draft_lose_nothing(draft: Draft, signed_in: SignedIn) -> None:
    zhang, mine = signed_in(make_user("zhang", superuser=True)), signed_in()
    their_text, my_text = opened(zhang, draft), opened(mine, draft)
    their_text.fill("Zhang's words")
    expect(line(zhang)).to_have_text(SAVED)
    my_text.fill("My words")

    conflict = mine.get_by_role("alert", name="zhang saved this draft while you were writing")
    expect(conflict).to_contain_text("Zhang's words")
    expect(my_text).to_have_value("My words")
    assert Draft.objects.get().content == {"content": "Zhang's words"}
    assert_sound(mine)
    conflict.get_by_role("button", name="Keep mine").click()
    expect(line(mine)).to_have_text(SAVED)
    expect(conflict).to_be_hidden()
    assert Draft.objects.get().content == {"content": "My words"}

    their_text.fill("Zhang's other words")
    conflict = zhang.get_by_role("alert", name="admin saved this draft while you were writing")
    conflict.get_by_role("button", name="Take theirs").click()
    expect(zhang.get_by_text(re.compile("Yours is kept as version"))).to_be_visible()
    expect(their_text).to_have_value("My words")
    expect(zhang.locator("#kept")).to_be_empty()
    kept = [version.snapshot["content"]["content"] for version in Draft.objects.get().versions.all()]
    assert kept == ["My words", "Zhang's other words", "My words", "Zhang's words", "Drill at three."]


def test_two_people_in_one_draft_see_each_other_and_each_others_saves(draft: Draft, signed_in: SignedIn) -> None:
    zhang, mine = signed_in(make_user("zhang", superuser=True)), signed_in()
    their_text = opened(zhang, draft)
    opened(mine, draft)
    expect(mine.locator("#others")).to_contain_text(re.compile(r"zhang is also in this draft, since \d\d:\d\d"))
    look_again(zhang)
    expect(zhang.locator("#others")).to_contain_text("admin is also in this draft")
    their_text.fill("Zhang's words")
    expect(line(zhang)).to_have_text(SAVED)
    look_again(zhang)
    expect(zhang.locator("#others")).to_contain_text("admin")
    look_again(mine)
    expect(mine.locator("#others")).to_contain_text(re.compile("typing just now|last typed"))
    newer = mine.locator("#newer")
    expect(newer).to_contain_text(re.compile(r"zhang saved a newer version at \d\d:\d\d\."))
    assert_sound(mine)
    newer.get_by_role("button", name="Show the difference").click()
    conflict = mine.get_by_role("alert", name="zhang saved this draft while you were writing")
    expect(conflict).to_contain_text("Zhang's words")
    conflict.get_by_role("button", name="Take theirs").click()
    expect(text_of(mine)).to_have_value("Zhang's words")
    assert [version.number for version in draft.versions.all()] == [2, 1], "nothing was typed that would be kept"

    zhang.goto("/drafts/")
    look_again(mine)
    expect(mine.locator("#others")).to_be_empty()


def test_without_a_connection_the_text_is_kept_and_saved_once_it_is_back(
    draft: Draft, signed_in: SignedIn, complaints: Complaints
) -> None:
    page = signed_in()
    text = opened(page, draft)
    page.context.set_offline(True)
    text.fill("Written in a tunnel.")
    expect(line(page)).to_contain_text("Not saved: no connection. Your text is kept in this browser")
    assert_sound(page)
    page.context.set_offline(False)
    expect(line(page)).to_have_text(SAVED)
    assert Draft.objects.get().content == {"content": "Written in a tunnel."}
    complaints.expect("ERR_INTERNET_DISCONNECTED")


def test_what_a_crashed_tab_had_not_saved_is_offered_with_the_difference(
    draft: Draft, signed_in: SignedIn, complaints: Complaints
) -> None:
    page = signed_in()
    text = opened(page, draft)
    for way, words in (("Throw it away", "Drill at three."), ("Put it back", "Written in a tunnel.")):
        page.context.set_offline(True)
        text.fill("Written in a tunnel.")
        expect(line(page)).to_contain_text("Not saved: no connection.")
        page.close()
        page = page.context.new_page()
        page.context.set_offline(False)
        text = opened(page, draft)
        offer = page.locator("#kept")
        expect(offer.get_by_role("heading").first).to_have_text(re.compile("unsaved text of .* in this browser"))
        expect(offer).to_contain_text("Written in a tunnel.")
        expect(offer).to_contain_text("Drill at three.")
        assert_sound(page)
        offer.get_by_role("button", name=way).click()
        expect(offer).to_be_empty()
        expect(text).to_have_value(words)
    expect(line(page)).to_have_text(SAVED)
    assert Draft.objects.get().content == {"content": "Written in a tunnel."}
    complaints.expect("ERR_INTERNET_DISCONNECTED")


def test_what_was_begun_without_a_connection_is_offered_where_a_draft_begins(
    signed_in: SignedIn, complaints: Complaints
) -> None:
    page = signed_in()
    page.goto("/drafts/new/")
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_label("Where it leads")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("Where it leads").fill("https://example.com/drill")
    page.get_by_label("Summary").fill("Written in a tunnel.")
    expect(line(page)).to_contain_text("Not saved: no connection.")
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto("/drafts/new/")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Where it leads")).to_have_value("https://example.com/drill")
    expect(page.locator("#preview-body")).to_contain_text("Written in a tunnel.")
    expect(line(page)).to_have_text(SAVED)
    assert Draft.objects.get().content["text"] == "Written in a tunnel."
    complaints.expect("ERR_INTERNET_DISCONNECTED")


def test_a_session_that_ended_loses_nothing_and_goes_on_after_signing_in(
    admin: User, draft: Draft, signed_in: SignedIn, site: str
) -> None:
    page = signed_in(admin)
    text = opened(page, draft)
    Session.objects.all().delete()
    text.fill("Written after the end.")
    expect(line(page)).to_have_text("You are signed out. Sign in again in another tab; your text is kept here.")
    expect(page.locator("#connection")).to_contain_text("You have been signed out.")
    expect(text).to_have_value("Written after the end.")
    assert page.url.endswith(f"/drafts/{draft.pk}/")

    page.context.add_cookies([{"name": "sessionid", "value": session_of(admin), "url": site}])
    look_again(page)
    expect(line(page)).to_have_text(SAVED)
    assert Draft.objects.get().content == {"content": "Written after the end."}


def test_signing_out_leaves_nothing_in_the_browser(
    admin: User, draft: Draft, signed_in: SignedIn, complaints: Complaints
) -> None:
    page = signed_in(admin)
    text = opened(page, draft)
    page.context.set_offline(True)
    text.fill("Mine alone.")
    expect(line(page)).to_contain_text("Not saved: no connection.")
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto("/drafts/")
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('dingadmin.draft.')).length"
    assert page.evaluate(kept) == 1
    page.locator("details.account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert page.evaluate(kept) == 0
    complaints.expect("ERR_INTERNET_DISCONNECTED")
