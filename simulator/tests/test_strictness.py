"""What strict mode refuses and lenient mode lets pass with a note."""

from __future__ import annotations

import json

import pytest

from simulator.diagnoses import Diagnosis
from simulator.tests.support import case
from simulator.verdicts import judge_caller_and_message
from simulator.verdicts.oddities import oddities

TEXT = {"msgtype": "text", "text": {"content": "hello"}}
LINK = {"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": "https://example.com/"}}
CARD = {"title": "t", "text": "x", "btns": [{"title": "t", "actionURL": "https://example.com/"}]}
FEED = {"links": [{"title": "t", "messageURL": "https://example.com/", "picURL": "https://example.com/p.png"}]}
MANY = [str(13800000000 + number) for number in range(51)]

ODD = [
    ({**TEXT, "isAtAll": True}, Diagnosis.AT_ALL_AT_TOP),
    ({**TEXT, "atMobiles": ["13800000001"]}, Diagnosis.AT_ALL_AT_TOP),
    ({**TEXT, "link": None}, Diagnosis.NULL),
    ({**TEXT, "at": None}, Diagnosis.NULL),
    ({**TEXT, "link": LINK["link"]}, Diagnosis.UNKNOWN_KEY),
    ({**TEXT, "MsgUuid": "u"}, Diagnosis.WRONG_CASE),
    ({**TEXT, "msgUuid": 5}, Diagnosis.MSG_UUID_NOT_TEXT),
    ({**TEXT, "msgUuid": ""}, Diagnosis.MSG_UUID_NOT_TEXT),
    ({"msgtype": "text", "text": {"content": "hello", "title": "t"}}, Diagnosis.UNKNOWN_KEY),
    ({**TEXT, "at": {"atMobiles": [13800000001]}}, Diagnosis.NOT_A_STRING),
    ({**TEXT, "at": {"atUserIds": [""]}}, Diagnosis.NOT_A_STRING),
    ({**TEXT, "at": {"atMobiles": "13800000001"}}, Diagnosis.NOT_A_LIST),
    ({**TEXT, "at": {"isAtAll": "true"}}, Diagnosis.NOT_A_BOOLEAN),
    ({**TEXT, "at": {"atDingtalkIds": ["x"]}}, Diagnosis.UNKNOWN_KEY),
    ({**TEXT, "at": ["13800000001"]}, Diagnosis.NOT_AN_OBJECT),
    ({**TEXT, "at": {"atMobiles": MANY}}, Diagnosis.AT_TOO_MANY),
    ({**LINK, "at": {"isAtAll": False}}, Diagnosis.AT_NOT_HONOURED),
    ({"msgtype": "feedCard", "feedCard": FEED, "at": {}}, Diagnosis.AT_NOT_HONOURED),
    ({"msgtype": "actionCard", "actionCard": {**CARD, "btnOrientation": 0}}, Diagnosis.NOT_A_STRING),
    ({"msgtype": "actionCard", "actionCard": {**CARD, "hideAvatar": 1}}, Diagnosis.NOT_A_STRING),
    ({"msgtype": "actionCard", "actionCard": {**CARD, "hideAvatar": "yes"}}, Diagnosis.NOT_A_BOOLEAN),
    ({"msgtype": "link", "link": {**LINK["link"], "picUrl": 1}}, Diagnosis.NOT_A_STRING),
    ({"msgtype": "link", "link": {**LINK["link"], "messageUrl": "example.com"}}, Diagnosis.NOT_AN_ADDRESS),
    ({"msgtype": "link", "link": {**LINK["link"], "messageUrl": "javascript:alert(1)"}}, Diagnosis.NOT_AN_ADDRESS),
    ({"msgtype": "link", "link": {**LINK["link"], "messageUrl": "https://example.com/中"}}, Diagnosis.NOT_AN_ADDRESS),
    ({"msgtype": "link", "link": {**LINK["link"], "messageUrl": "http://["}}, Diagnosis.NOT_AN_ADDRESS),
    ({"msgtype": "feedCard", "feedCard": {"links": [{**FEED["links"][0], "picUrl": "x"}]}}, Diagnosis.WRONG_CASE),
]


@pytest.mark.parametrize(("message", "why"), ODD, ids=[f"{number} {why}" for number, (_, why) in enumerate(ODD)])
def test_strict_mode_refuses_what_a_careful_sender_never_sends(message: dict[str, object], why: Diagnosis) -> None:
    refusal = judge_caller_and_message(case(message, strict=True))
    assert refusal is not None
    assert refusal.errcode == 300001
    assert why in [note.diagnosis for note in refusal.notes]


@pytest.mark.parametrize(("message", "why"), ODD, ids=[f"{number} {why}" for number, (_, why) in enumerate(ODD)])
def test_lenient_mode_lets_it_pass(message: dict[str, object], why: Diagnosis) -> None:
    assert judge_caller_and_message(case(message, strict=False)) is None


def test_a_key_in_the_wrong_case_is_named_beside_the_missing_field() -> None:
    wrong = {"msgtype": "link", "link": {"title": "t", "text": "x", "messageURL": "https://example.com/"}}
    refusal = judge_caller_and_message(case(wrong))
    assert refusal is not None
    assert refusal.errcode == 400304
    assert [(note.diagnosis, note.params) for note in refusal.notes] == [
        (Diagnosis.WRONG_CASE, {"key": "messageURL", "right": "messageUrl"})
    ]


@pytest.mark.parametrize(
    ("raw", "odd"),
    [
        (json.dumps({"msgtype": "text", "text": {"content": "中"}}).encode(), True),
        (json.dumps({"msgtype": "text", "text": {"content": "🚒"}}).encode(), True),
        (json.dumps({"msgtype": "text", "text": {"content": "a\nb\x07"}}).encode(), False),
        ('{"msgtype":"text","text":{"content":"中\\\\u4e2d"}}'.encode(), False),
        ('{"msgtype":"text","text":{"content":"中\\\\\\u4e2d"}}'.encode(), True),
    ],
    ids=["Chinese", "emoji", "control characters", "a written backslash", "a backslash before an escape"],
)
def test_escaping_what_need_not_be_escaped_is_odd(raw: bytes, odd: bool) -> None:
    found = [note.diagnosis for note in oddities(case(raw=raw))]
    assert found == ([Diagnosis.ASCII_ESCAPED] if odd else [])
