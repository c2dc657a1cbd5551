"""How messages are drawn. What comes from a sender never becomes markup of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from simulator.chat import Bubble, Jump, bubble_of, split_mentions, summary_of
from simulator.models import ChatMessage, Group

MEMBERS = [
    {"name": "Zhang San", "mobile": "13800000001", "user_id": "zhang"},
    {"name": "<i>Li</i>", "mobile": "13800000002", "user_id": ""},
]


def drawn(message: dict[str, object]) -> Bubble:
    group = Group(name="ops", robot_name="Ops robot", members=MEMBERS)
    at = datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)
    return bubble_of(ChatMessage(body=json.dumps(message), accepted_at=at), group)


def text(content: str, **at: object) -> str:
    return drawn({"msgtype": "text", "text": {"content": content}, "at": at}).html


def markdown(content: str, **at: object) -> str:
    return drawn({"msgtype": "markdown", "markdown": {"title": "t", "text": content}, "at": at}).html.strip()


def test_a_bubble_names_its_robot_and_the_time_on_our_clocks() -> None:
    bubble = drawn({"msgtype": "text", "text": {"content": "x"}})
    assert (bubble.sender, bubble.time, bubble.kind) == ("Ops robot", "11:04:05", "text")


def test_a_mention_shows_the_members_name() -> None:
    shown = text("hello @13800000001, @zhang", atMobiles=["13800000001"], atUserIds=["zhang"])
    name = '<span class="dt-mention">@Zhang San</span>'
    assert shown == f"hello {name}, {name}"


def test_somebody_who_is_not_in_the_group_is_masked() -> None:
    assert text("@13900001234", atMobiles=["13900001234"]) == '<span class="dt-mention">@139****1234</span>'


def test_a_number_that_is_not_mentioned_stays_as_it_is() -> None:
    assert text("@13800000001") == "@13800000001"


def test_everyone_is_mentioned_at_the_end() -> None:
    assert text("hello", isAtAll=True).startswith('hello <span class="dt-mention">@')


def test_a_text_is_never_markup() -> None:
    assert text('<b>x</b> & "y"') == "&lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;"
    assert "&lt;i&gt;Li" in text("@13800000002", atMobiles=["13800000002"])


def test_the_longer_of_two_ids_is_found_first() -> None:
    pieces = split_mentions("@123 @1234", names={"123": "a", "1234": "b"})
    assert [piece for piece in pieces if piece[1]] == [("@a", True), ("@b", True)]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("### h", "<h3>h</h3>"),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("**b** *i*", "<p><strong>b</strong> <em>i</em></p>"),
        ("- a", "<ul>\n<li>a</li>\n</ul>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ("`code`", "<p>`code`</p>"),
        ("---", "<p>---</p>"),
    ],
)
def test_the_documented_subset_of_markdown_is_drawn(source: str, html: str) -> None:
    assert markdown(source) == html


def test_a_link_opens_elsewhere_and_tells_nothing() -> None:
    shown = markdown("[x](https://example.com/?a=1&b=2)")
    assert 'href="https://example.com/?a=1&amp;b=2"' in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert 'target="_blank"' in shown


def test_a_mention_in_markdown_is_marked_and_one_in_an_address_is_not() -> None:
    shown = markdown("@zhang **@zhang** [x](https://example.com/@zhang)", atUserIds=["zhang"])
    assert shown.count('<span class="dt-mention">@Zhang San</span>') == 2
    assert "https://example.com/@zhang" in shown


def test_a_markup_of_a_mention_in_the_text_stays_text() -> None:
    assert "<span" not in markdown('<span class="dt-mention">@boss</span>')


def test_a_card_with_one_jump_has_one_button() -> None:
    card = {"title": "t", "text": "x", "singleTitle": "go", "singleURL": "https://example.com/", "btns": []}
    assert drawn({"msgtype": "actionCard", "actionCard": card}).buttons == (Jump("go", "https://example.com/"),)


def test_a_card_with_buttons_lies_across_or_stands_and_may_hide_the_avatar() -> None:
    buttons = [{"title": name, "actionURL": "https://example.com/"} for name in ("yes", "no")]
    card = {"title": "t", "text": "x", "btns": buttons, "btnOrientation": "1", "hideAvatar": 1}
    bubble = drawn({"msgtype": "actionCard", "actionCard": card})
    assert ([button.title for button in bubble.buttons], bubble.horizontal, bubble.hide_avatar) == (
        ["yes", "no"],
        True,
        True,
    )


def test_a_link_without_a_picture_or_with_a_media_id_has_none() -> None:
    link = {"title": "t", "text": "x", "messageUrl": "javascript:alert(1)", "picUrl": "@lALmedia"}
    bubble = drawn({"msgtype": "link", "link": link})
    assert (bubble.url, bubble.picture) == ("", "")


def test_a_feed_has_a_row_for_each_link() -> None:
    row = {"title": "a", "messageURL": "https://example.com/", "picURL": "https://example.com/p.png"}
    bubble = drawn({"msgtype": "feedCard", "feedCard": {"links": [row, {**row, "picURL": "http://["}]}})
    assert bubble.links == (
        Jump("a", "https://example.com/", "https://example.com/p.png"),
        Jump("a", "https://example.com/", ""),
    )


@pytest.mark.parametrize(
    ("message", "summary"),
    [
        ({"msgtype": "text", "text": {"content": "\n first \nsecond"}}, "first"),
        ({"msgtype": "markdown", "markdown": {"title": "the title", "text": "x"}}, "the title"),
        ({"msgtype": "feedCard", "feedCard": {"links": [{"title": "a"}, {"title": "b"}]}}, "a"),
    ],
)
def test_the_list_of_chats_shows_a_title_or_the_first_line(message: dict[str, object], summary: str) -> None:
    assert summary_of(message) == summary
