"""Parts offered where a message is too long: on the launch page, in the preview, and in a shell."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from messages.engine.firing import fire
from messages.models import Broadcast
from messages.tests.test_launch_pages import page_form, saved, url_of
from messages.tests.test_split_broadcasts import LONG, PARAGRAPH, launched
from robots.tests.pages import text_of
from tests.factories import make_recipient, make_robot

pytestmark = pytest.mark.django_db

CONTENT = {"content": LONG.content}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_launch_page_offers_parts_and_one_press_takes_them(english: Client) -> None:
    draft = saved(make_robot("ops"), content=CONTENT)
    page = english.get(url_of(draft))
    assert "Send it in 2 parts" in text_of(page)
    assert b'name="split" value="on"' in page.content
    again = english.post(url_of(draft, "leave-out/"), page_form(page, split="on"))
    text = text_of(again)
    assert "Too long for one message" in text
    assert "It goes out in 2 parts, one after the other." in text
    assert "This would fail" not in text
    assert again.context["form"]["split"].value() == "on"
    response = english.post(url_of(draft), page_form(again, split="on"))
    broadcast = Broadcast.objects.get()
    assert response["Location"] == f"/broadcasts/{broadcast.pk}/"
    assert broadcast.split


def test_without_the_tick_nothing_is_sent_and_parts_are_offered_again(english: Client) -> None:
    draft = saved(make_robot("ops"), content=CONTENT)
    response = english.post(url_of(draft), page_form(english.get(url_of(draft))))
    assert "Send it in 2 parts" in text_of(response)
    assert not Broadcast.objects.exists()


def test_a_message_that_fits_offers_no_parts(english: Client) -> None:
    assert "parts" not in text_of(english.get(url_of(saved(make_robot()))))


def test_a_list_item_that_is_too_long_for_a_part_offers_none_and_says_why(english: Client) -> None:
    content = {"title": "Plan", "text": f"Plan\n\n- {PARAGRAPH * 30}"}
    page = english.get(url_of(saved(make_robot(), msgtype="markdown", content=content)))
    assert "one list item alone is too long for a part" in text_of(page)
    assert b'name="split" value="on"' not in page.content


def test_the_preview_shows_every_part_with_its_number_and_mentions_in_the_last(english: Client) -> None:
    person = make_recipient("张三", mobile="13800001234")
    draft = saved(
        make_robot("ops", keywords=["值班"], append_keyword=True), content=CONTENT, mention_recipients=[person.pk]
    )
    for page in (english.get(url_of(draft)), english.get(f"/drafts/{draft.pk}/")):
        text = text_of(page)
        assert "In the group, sent in 2 parts" in text
        chat = text[text.index("In the group, sent in 2 parts") :]
        assert chat.index("(1/2)") < chat.index("(2/2)") < chat.index("@张三")
        assert chat.count("@张三") == 1
        assert "13800001234" not in page.content.decode()
    assert "It can be sent in 2 parts: choose that when you send it." in text_of(english.get(f"/drafts/{draft.pk}/"))


def send(*arguments: str) -> tuple[int, dict[str, object]]:
    out = io.StringIO()
    try:
        call_command("send", *arguments, "--json", stdout=out)
        status = 0
    except SystemExit as end:
        status = int(end.code)
    told: dict[str, object] = json.loads(out.getvalue())
    return status, told


def test_a_shell_sends_parts_only_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messages.management.commands.send.RUN_GRACE_SECONDS", 0)
    make_robot("ops")
    status, told = send("--text", LONG.content, "--robot", "ops")
    assert status == 2
    assert [(each["code"], each["text"].endswith("Or send it in 2 parts.")) for each in told["refused"]] == [
        ("too_long", True)
    ]
    status, told = send("--text", LONG.content, "--robot", "ops", "--split")
    assert (status, told["refused"]) == (0, [])
    assert Broadcast.objects.get(pk=told["broadcast"]).split


@pytest.mark.parametrize("keywords", [[], ["值班"]])
def test_the_page_of_the_broadcast_shows_its_parts(english: Client, keywords: list[str]) -> None:
    broadcast = launched(LONG, make_robot("ops", keywords=keywords, append_keyword=bool(keywords)))
    text = text_of(english.get(f"/broadcasts/{broadcast.pk}/"))
    assert "It goes out in parts, one after the other." in text
    assert text.index("(1/2)") < text.index("(2/2)")
    fire(broadcast.pk, now=timezone.now())
    text = text_of(english.get(f"/broadcasts/{broadcast.pk}/"))
    assert "0 of 2 parts are done" in text
    assert all(f"part {part} of 2" in text for part in (1, 2))
