"""Which code is answered for which missing field. Six of the numbers were seen, the others follow their pattern."""

from __future__ import annotations

import pytest

from simulator.replies import reply_to
from simulator.tests.support import case
from simulator.verdicts import judge_caller_and_message

LINK = {"title": "t", "text": "x", "messageUrl": "https://example.com/"}
CARD = {"title": "t", "text": "x"}
FEED = {"title": "t", "messageURL": "https://example.com/", "picURL": "https://example.com/p.png"}
BUTTON = {"title": "t", "actionURL": "https://example.com/"}


def without(content: dict[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in content.items() if name != key}


@pytest.mark.parametrize(
    ("message", "errcode", "errmsg"),
    [
        ({"msgtype": "text"}, 400201, "miss param : text"),
        ({"msgtype": "text", "text": "x"}, 400201, "miss param : text"),
        ({"msgtype": "text", "text": {}}, 400202, "miss param : text->content"),
        ({"msgtype": "text", "text": {"content": " \n"}}, 400202, "miss param : text->content"),
        ({"msgtype": "text", "text": {"content": 5}}, 400202, "miss param : text->content"),
        ({"msgtype": "link"}, 400301, "miss param : link"),
        ({"msgtype": "link", "link": without(LINK, "text")}, 400302, "miss param : link->text"),
        ({"msgtype": "link", "link": without(LINK, "title")}, 400303, "miss param : link->title"),
        ({"msgtype": "link", "link": without(LINK, "messageUrl")}, 400304, "miss param : link->messageUrl"),
        ({"msgtype": "markdown"}, 400401, "miss param : markdown"),
        ({"msgtype": "markdown", "markdown": {"text": "x"}}, 400402, "miss param : markdown->title"),
        ({"msgtype": "markdown", "markdown": {"title": "", "text": "x"}}, 400402, "miss param : markdown->title"),
        ({"msgtype": "markdown", "markdown": {"title": "t"}}, 400403, "miss param : markdown->text"),
        ({"msgtype": "markdown", "markdown": {"title": "t", "text": ["x"]}}, 400403, "miss param : markdown->text"),
        ({"msgtype": "actionCard"}, 400501, "miss param : actionCard"),
        ({"msgtype": "actionCard", "actionCard": {"text": "x"}}, 400502, "miss param : actionCard->title"),
        ({"msgtype": "actionCard", "actionCard": {"title": "t"}}, 400503, "miss param : actionCard->text"),
        (
            {"msgtype": "actionCard", "actionCard": {**CARD, "singleURL": "https://example.com/"}},
            400504,
            "miss param : actionCard->singleTitle",
        ),
        (
            {"msgtype": "actionCard", "actionCard": {**CARD, "singleTitle": "go"}},
            400505,
            "miss param : actionCard->singleURL",
        ),
        ({"msgtype": "actionCard", "actionCard": CARD}, 400506, "miss param : actionCard->btns"),
        ({"msgtype": "actionCard", "actionCard": {**CARD, "btns": []}}, 400506, "miss param : actionCard->btns"),
        (
            {"msgtype": "actionCard", "actionCard": {**CARD, "btns": [without(BUTTON, "title")]}},
            400507,
            "miss param : actionCard->btns->title",
        ),
        (
            {"msgtype": "actionCard", "actionCard": {**CARD, "btns": [without(BUTTON, "actionURL")]}},
            400508,
            "miss param : actionCard->btns->actionURL",
        ),
        (
            {"msgtype": "actionCard", "actionCard": {**CARD, "btns": [BUTTON], "btnOrientation": "2"}},
            400509,
            "miss param : actionCard->btnOrientation",
        ),
        ({"msgtype": "feedCard"}, 400601, "miss param : feedCard"),
        ({"msgtype": "feedCard", "feedCard": {"links": []}}, 400602, "miss param : feedCard->links"),
        (
            {"msgtype": "feedCard", "feedCard": {"links": [FEED, without(FEED, "title")]}},
            400603,
            "miss param : feedCard->links->title",
        ),
        (
            {"msgtype": "feedCard", "feedCard": {"links": [without(FEED, "messageURL")]}},
            400604,
            "miss param : feedCard->links->messageURL",
        ),
        (
            {"msgtype": "feedCard", "feedCard": {"links": [without(FEED, "picURL")]}},
            400605,
            "miss param : feedCard->links->picURL",
        ),
        ({"text": {"content": "x"}}, 400105, "unsupported msgtype"),
        ({"msgtype": "Text", "text": {"content": "x"}}, 400105, "unsupported msgtype"),
        ({"msgtype": "image", "image": {"picURL": "https://example.com/p.png"}}, 400105, "unsupported msgtype"),
        ({"msgtype": ["text"]}, 400105, "unsupported msgtype"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
def test_what_is_missing_has_its_own_code(message: dict[str, object], errcode: int, errmsg: str, strict: bool) -> None:
    one = case(message, strict=strict, wording="short")
    reply = reply_to(judge_caller_and_message(one), one.knobs)
    assert (reply.errcode, reply.errmsg) == (errcode, errmsg)


@pytest.mark.parametrize(
    "message",
    [
        {"msgtype": "text", "text": {"content": "x"}},
        {"msgtype": "link", "link": LINK},
        {"msgtype": "link", "link": {**LINK, "picUrl": ""}},
        {"msgtype": "link", "link": {**LINK, "picUrl": "@lALmedia"}},
        {"msgtype": "markdown", "markdown": {"title": "t", "text": "x"}},
        {"msgtype": "actionCard", "actionCard": {**CARD, "singleTitle": "go", "singleURL": "https://example.com/"}},
        {"msgtype": "actionCard", "actionCard": {**CARD, "btns": [BUTTON], "btnOrientation": "1", "hideAvatar": "0"}},
        {"msgtype": "feedCard", "feedCard": {"links": [FEED]}},
        {"msgtype": "text", "text": {"content": "x"}, "at": {"isAtAll": True}, "msgUuid": "u"},
        {"msgtype": "link", "link": {**LINK, "messageUrl": "dingtalk://dingtalkclient/page/link?url=a"}},
    ],
    ids=lambda message: message["msgtype"],
)
def test_a_message_as_documented_passes(message: dict[str, object]) -> None:
    assert judge_caller_and_message(case(message, strict=True)) is None
