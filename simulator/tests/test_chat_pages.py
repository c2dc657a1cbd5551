"""The chat and the log of calls, as people see them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from simulator.groups import Member
from simulator.models import ChatMessage, FaultKind, LoggedCall
from simulator.tests.support import TEXT, body, make_group, page, send, set_fault, set_knobs, text_of

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])


def test_the_chat_shows_messages_with_mentions_by_name(staff_client: Client) -> None:
    group = make_group("ops", members=[Member("Zhang San", "13800000001")])
    send(group, {"msgtype": "text", "text": {"content": "@13800000001 <b>"}, "at": {"atMobiles": ["13800000001"]}})
    shown = text_of(staff_client, page("group", group))
    assert '<span class="dt-mention">@Zhang San</span> &lt;b&gt;' in shown


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("link", {"title": "A title", "text": "x", "messageUrl": "https://example.com/go"}, "https://example.com/go"),
        ("markdown", {"title": "t", "text": "### A heading"}, "<h3>A heading</h3>"),
        (
            "actionCard",
            {"title": "t", "text": "x", "singleTitle": "Read on", "singleURL": "https://example.com/"},
            "Read on</a>",
        ),
        (
            "feedCard",
            {"links": [{"title": "News", "messageURL": "https://example.com/", "picURL": "https://example.com/p.png"}]},
            'src="https://example.com/p.png"',
        ),
    ],
)
def test_every_type_is_drawn(staff_client: Client, kind: str, content: dict[str, object], words: str) -> None:
    group = make_group()
    send(group, {"msgtype": kind, kind: content})
    assert words in text_of(staff_client, page("group", group))


def test_new_messages_come_in_by_themselves(staff_client: Client) -> None:
    group = make_group()
    send(group, {"msgtype": "text", "text": {"content": "first"}})
    last = ChatMessage.objects.get().pk
    assert f"{page('new_messages', group)}?after={last}" in text_of(staff_client, page("group", group))
    assert staff_client.get(page("new_messages", group), {"after": last}).status_code == 204
    send(group, {"msgtype": "text", "text": {"content": "second"}})
    shown = text_of(staff_client, f"{page('new_messages', group)}?after={last}")
    assert ("second" in shown, "first" in shown) == (True, False)
    assert f"?after={ChatMessage.objects.latest('pk').pk}" in shown


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_an_odd_place_in_the_chat_does_no_harm(staff_client: Client, after: str) -> None:
    assert staff_client.get(page("new_messages", make_group()), {"after": after}).status_code == 204


def test_a_long_chat_shows_its_end_and_leads_to_what_came_before(staff_client: Client) -> None:
    group = make_group()
    set_knobs(limit=100)
    for number in range(53):
        send(group, {"msgtype": "text", "text": {"content": f"number {number:02}"}})
    shown = text_of(staff_client, page("group", group))
    assert ("number 52" in shown, "number 02" in shown) == (True, False)
    before = ChatMessage.objects.order_by("pk")[3].pk
    assert f"?before={before}" in shown
    earlier = text_of(staff_client, f"{page('group', group)}?before={before}")
    assert ("number 02" in earlier, "number 03" in earlier, "hx-trigger" in earlier) == (True, False, False)


def test_the_log_says_in_words_what_was_wrong(staff_client: Client) -> None:
    group = make_group("ops", signed=True)
    send(group)
    shown = text_of(staff_client, page("group_calls", group))
    assert "310000" in shown
    call = text_of(staff_client, reverse("simulator:call", args=[LoggedCall.objects.get().pk]))
    assert f"access_token={group.token}" in call
    assert "演练在三点" in call


def test_a_fault_shows_in_the_log(staff_client: Client) -> None:
    group = make_group()
    set_fault(FaultKind.EMPTY)
    send(group)
    assert str(FaultKind.EMPTY.label) in text_of(staff_client, page("calls"))


def test_a_token_that_is_none_of_the_simulators_is_not_shown(staff_client: Client) -> None:
    Client().post(f"{reverse('simulator:send')}?access_token={'e' * 64}", body(TEXT), "application/json")
    call = LoggedCall.objects.get()
    assert "eeee" not in text_of(staff_client, page("calls"))
    assert "eeee" not in text_of(staff_client, reverse("simulator:call", args=[call.pk]))


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"<script>alert(1)</script>", b"[" * 5000])
def test_any_body_can_be_looked_at(staff_client: Client, raw: bytes) -> None:
    send(make_group(), raw=raw)
    assert "<script>alert" not in text_of(staff_client, reverse("simulator:call", args=[LoggedCall.objects.get().pk]))
