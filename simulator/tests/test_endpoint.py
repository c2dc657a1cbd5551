"""The endpoint over a real socket: each check in its order, what is logged, and what the knobs change."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connections
from django.test import Client

from simulator.diagnoses import Diagnosis
from simulator.models import ChatMessage, Group, GroupState, LoggedCall
from simulator.tests.support import JSON, TEXT, answer, body, last_notes, make_group, post, set_knobs, url

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
BAD = {"msgtype": "text", "text": {"content": "no such word"}}


def test_a_message_is_accepted_and_stands_in_the_chat(simulator: str) -> None:
    group = make_group(signed=True)
    response = post(simulator, group, {**TEXT, "msgUuid": "one"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.text == '{"errcode":0,"errmsg":"ok"}'
    (message,) = ChatMessage.objects.filter(group=group)
    assert message.message == {**TEXT, "msgUuid": "one"}
    assert message.msg_uuid == "one"


def test_a_call_is_logged_as_it_came_in(simulator: str) -> None:
    group = make_group(signed=True)
    address = url(simulator, group)
    post(simulator, group, address=address, raw=body(TEXT))
    (call,) = LoggedCall.objects.all()
    parts = urlsplit(address)
    assert (call.method, call.url, call.address) == ("POST", f"{parts.path}?{parts.query}", "127.0.0.1")
    assert "%3D" in call.url
    assert bytes(call.body) == body(TEXT)
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    assert (call.group, call.errcode, call.errmsg, call.fault) == (group, 0, "ok", "")
    assert abs(datetime.now(UTC) - call.arrived_at) < timedelta(minutes=1)


def test_a_message_in_the_form_of_the_sdk_is_accepted(simulator: str) -> None:
    group = make_group()
    form = {"msgtype": "text", "text": '{"content":"演练"}', "at": '{"isAtAll":true}'}
    assert requests.post(url(simulator, group), data=form, headers=FORM, timeout=5).json()["errcode"] == 0
    assert ChatMessage.objects.get().message["text"] == {"content": "演练"}
    assert Diagnosis.FORM_ENCODED in last_notes()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_told_to_post(simulator: str, method: str) -> None:
    response = requests.request(method, url(simulator, make_group()), timeout=5)
    assert response.status_code == 200
    assert response.json() == {"errcode": 43002, "errmsg": "需要POST请求"}


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonp", "multipart/form-data"])
def test_another_content_type_is_refused(simulator: str, content_type: str) -> None:
    reply = answer(simulator, make_group(), headers={"Content-Type": content_type})
    assert reply == (43004, "无效的HTTP HEADER Content-Type")


@pytest.mark.parametrize("query", ["", "?access_token=", "?access_token=%20", "?token=x"])
def test_a_call_without_a_token_is_told_so(simulator: str, query: str) -> None:
    reply = answer(simulator, make_group(), address=f"{simulator}/robot/send{query}")
    assert reply == (40035, "缺少参数 access_token")


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"", Diagnosis.BODY_EMPTY), (b'{"a":"b\nc"}', Diagnosis.BODY_RAW_CONTROL), (b"[]", Diagnosis.BODY_NOT_OBJECT)],
)
def test_a_body_that_is_no_json_object_is_missing(simulator: str, raw: bytes, why: Diagnosis) -> None:
    assert answer(simulator, make_group(), raw=raw) == (40035, "缺少参数 json")
    assert last_notes() == [why]


def padded(size: int) -> bytes:
    return body({"msgtype": "text", "text": {"content": "x" * (size - len(body(TEXT_OF_NOTHING)))}})


TEXT_OF_NOTHING = {"msgtype": "text", "text": {"content": ""}}


def test_a_body_of_20000_bytes_is_accepted_and_one_more_is_not(simulator: str) -> None:
    set_knobs(wording="short")
    group = make_group()
    assert len(padded(20_000)) == 20_000
    assert answer(simulator, group, raw=padded(20_000)) == (0, "ok")
    assert answer(simulator, group, raw=padded(20_001)) == (460101, "message too long, exceed 20000 bytes")
    assert last_notes() == [Diagnosis.BODY_SIZE]


def test_bytes_count_and_not_characters(simulator: str) -> None:
    message = {"msgtype": "text", "text": {"content": "中" * 6_700}}
    assert answer(simulator, make_group(), message)[0] == 460101


def test_a_body_of_megabytes_is_too_long_and_no_trouble(simulator: str) -> None:
    group = make_group()
    assert answer(simulator, group, raw=padded(3_000_000))[0] == 460101
    assert answer(simulator, group)[0] == 0


def test_an_unknown_token_is_told_so(simulator: str) -> None:
    stranger = Group(token="f" * 64, secret="")
    assert answer(simulator, stranger) == (300005, "token is not exist")
    set_knobs(token_errcode=300001)
    assert answer(simulator, stranger) == (300001, "token is not exist")
    assert LoggedCall.objects.filter(group=None).count() == 2


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("SECtest-not-real", Diagnosis.SECRET_AS_TOKEN),
        ("https%3A%2F%2Foapi.dingtalk.com%2Frobot%2Fsend%3Faccess_token%3Df", Diagnosis.URL_AS_TOKEN),
    ],
)
def test_what_stands_in_the_tokens_place_is_named(simulator: str, token: str, why: Diagnosis) -> None:
    reply = answer(simulator, make_group(), address=f"{simulator}/robot/send?access_token={token}")
    assert reply[0] == 300005
    assert last_notes() == [why]


@pytest.mark.parametrize(
    ("state", "errcode", "errmsg"),
    [
        (GroupState.STOPPED, 400102, "机器人已停用"),
        (GroupState.REMOVED, 400106, "机器人不存在"),
        (GroupState.DISSOLVED, 400013, "群已被解散"),
    ],
)
def test_a_robot_that_may_not_speak_is_refused(simulator: str, state: str, errcode: int, errmsg: str) -> None:
    assert answer(simulator, make_group(state=state)) == (errcode, errmsg)


def test_the_quota_counts_down_and_ends(simulator: str) -> None:
    group = make_group(quota_left=2, keywords=["演练"])
    assert answer(simulator, group, BAD)[0] == 310000
    codes = [answer(simulator, group, {**TEXT, "msgUuid": uuid})[0] for uuid in ("one", "one", "two", "three")]
    assert codes == [0, 0, 0, 90030]
    group.refresh_from_db()
    assert group.quota_left == 0


def test_content_that_is_banned_is_refused(simulator: str) -> None:
    set_knobs(banned_words=["lottery"], unsafe_hosts=["evil.example"])
    link = {"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": "https://evil.example/"}}
    assert answer(simulator, make_group("a"), link) == (430101, "含有不安全的外链")
    text = {"msgtype": "text", "text": {"content": "a lottery"}}
    assert answer(simulator, make_group("b"), text) == (430102, "含有不合适的文本")


def test_a_second_copy_is_answered_like_the_first_and_dropped(simulator: str) -> None:
    group, other = make_group("one"), make_group("other")
    message = {**TEXT, "msgUuid": "same"}
    assert [answer(simulator, group, message) for _copy in range(2)] == [(0, "ok")] * 2
    assert last_notes() == [Diagnosis.SECOND_COPY]
    assert answer(simulator, other, message) == (0, "ok")
    assert [group.messages.count(), other.messages.count()] == [1, 1]


def test_messages_without_a_msg_uuid_all_stand_in_the_chat(simulator: str) -> None:
    group = make_group()
    assert [answer(simulator, group) for _copy in range(2)] == [(0, "ok")] * 2
    assert group.messages.count() == 2
    assert last_notes() == [Diagnosis.NO_MSG_UUID]


# Each row breaks a check and all that come after it: the first one answers.
ORDER = [
    ("method", {"method": "GET"}, 43002),
    ("content type", {"headers": {"Content-Type": "text/plain"}, "query": "", "raw": b""}, 43004),
    ("token given", {"query": "", "raw": b""}, 40035),
    ("body", {"query": f"?access_token={'f' * 64}", "raw": b"{" + b" " * 20_001}, 40035),
    ("size", {"query": f"?access_token={'f' * 64}", "raw": b"{}" + b" " * 20_001}, 460101),
    ("token", {"query": f"?access_token={'f' * 64}", "raw": b"{}"}, 300005),
    ("state", {"group": {"state": "stopped", "quota_left": 0, "ip_ranges": ["192.0.2.1"], "signed": True}}, 400102),
    ("quota", {"group": {"quota_left": 0, "ip_ranges": ["192.0.2.1"], "signed": True}}, 90030),
    ("ip", {"group": {"ip_ranges": ["192.0.2.1"], "signed": True}}, "ip "),
    ("timestamp", {"group": {"signed": True}, "more": "&timestamp=1&sign=x"}, "invalid timestamp"),
    ("sign", {"group": {"signed": True, "keywords": ["alarm"]}}, "sign not match"),
    ("keywords", {"group": {"keywords": ["alarm"]}, "raw": b'{"msgtype":"?"}'}, "keywords not in content"),
    ("msgtype", {"raw": b'{"msgtype":"?","isAtAll":true}'}, 400105),
    ("fields", {"raw": b'{"msgtype":"text","isAtAll":true}'}, 400201),
    ("strictness", {"raw": b'{"msgtype":"text","text":{"content":"lottery"},"isAtAll":true}'}, 300001),
    ("content", {"raw": b'{"msgtype":"text","text":{"content":"lottery"}}'}, 430102),
]


@pytest.mark.parametrize(("broken", "expected"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_the_first_check_that_fails_answers(simulator: str, broken: dict, expected: int | str) -> None:
    set_knobs(wording="short", banned_words=["lottery"])
    group = make_group(**broken.get("group", {}))
    query = broken.get("query", f"?access_token={group.token}{broken.get('more', '')}")
    reply = requests.request(
        broken.get("method", "POST"),
        f"{simulator}/robot/send{query}",
        data=broken.get("raw", b'{"msgtype":"?"}'),
        headers=broken.get("headers", JSON),
        timeout=5,
    ).json()
    if isinstance(expected, int):
        assert reply["errcode"] == expected
    else:
        assert reply["errcode"] == 310000
        assert reply["errmsg"].startswith(expected)


def test_throttling_comes_before_the_token_and_after_the_size(simulator: str) -> None:
    set_knobs(limit=1)
    stranger = Group(token="f" * 64, secret="")
    assert [answer(simulator, stranger)[0] for _call in range(2)] == [300005, 660026]
    assert answer(simulator, stranger, raw=padded(20_001))[0] == 460101


def test_the_knobs_of_a_group_stand_before_those_for_all(simulator: str) -> None:
    set_knobs(token_errcode=300001, strict=False)
    group, other = make_group("one"), make_group("other")
    set_knobs(group, strict=True)
    odd = {**TEXT, "isAtAll": True}
    assert [answer(simulator, one, odd)[0] for one in (group, other)] == [300001, 0]


@pytest.mark.parametrize(
    ("knobs", "text"),
    [
        ({"errcode_as_text": True}, '{"errcode":"0","errmsg":"ok"}'),
        ({"errmsg_first": True}, '{"errmsg":"ok","errcode":0}'),
    ],
)
def test_an_answer_can_be_written_in_other_ways(simulator: str, knobs: dict[str, bool], text: str) -> None:
    set_knobs(**knobs)
    assert post(simulator, make_group()).text == text


@pytest.mark.parametrize("escaped", [True, False])
def test_an_arrow_may_arrive_escaped(simulator: str, escaped: bool) -> None:
    set_knobs(wording="short", escape_arrows=escaped)
    response = post(simulator, make_group(), {"msgtype": "text", "text": {}})
    assert ("-\\u003E" in response.text, response.json()["errmsg"]) == (escaped, "miss param : text->content")


def test_every_answer_can_be_late(simulator: str) -> None:
    set_knobs(latency_ms=300)
    with pytest.raises(requests.ReadTimeout):
        requests.post(url(simulator, make_group()), data=body(TEXT), headers=JSON, timeout=0.1)
    assert ChatMessage.objects.count() == 1


def test_a_clock_that_is_ahead_refuses_timestamps_and_shows_in_the_date(simulator: str) -> None:
    set_knobs(clock_offset_seconds=2 * 3600)
    group = make_group(signed=True)
    response = post(simulator, group)
    assert response.json()["errcode"] == 310000
    date = parsedate_to_datetime(response.headers["Date"])
    assert timedelta(minutes=119) < date - datetime.now(UTC) < timedelta(minutes=121)
    ahead = url(simulator, group, now_ms=time.time_ns() // 1_000_000 + 2 * 3_600_000)
    assert answer(simulator, group, address=ahead) == (0, "ok")


@pytest.mark.parametrize("path", ["robot/sendBySession", "robot/send/", "robot/x/y"])
def test_another_path_is_told_so_with_status_200(simulator: str, path: str) -> None:
    response = requests.post(f"{simulator}/{path}", data=body(TEXT), headers=JSON, timeout=5)
    assert (response.status_code, response.json()["errcode"]) == (200, 404)


def test_a_browsers_session_is_not_logged(simulator: str) -> None:
    requests.get(f"{simulator}/robot/send", headers={"Cookie": "sessionid=x", "Authorization": "y"}, timeout=5)
    assert {"cookie", "authorization"}.isdisjoint(LoggedCall.objects.get().headers)


def test_no_csrf_token_is_asked_for() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(f"/simulator/robot/send?access_token={make_group().token}", body(TEXT), "application/json")
    assert response.json()["errcode"] == 0


def test_a_caller_that_goes_away_does_no_harm(simulator: str) -> None:
    parts = urlsplit(simulator)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(b"POST /simulator/robot/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
    assert answer(simulator, make_group())[0] == 0


def test_an_ordinary_call_costs_four_statements_and_their_transaction(django_assert_num_queries: object) -> None:
    group = make_group()
    address = f"/simulator/robot/send?access_token={group.token}"
    with django_assert_num_queries(6, connection=connections["simulator"]):  # type: ignore[operator]
        Client().post(address, body({**TEXT, "msgUuid": "u"}), "application/json")
