"""The three security modes: pure checks, then the four wordings over a real socket."""

from __future__ import annotations

import time

import pytest

from simulator.diagnoses import Diagnosis
from simulator.models import Group
from simulator.tests.support import NOW_MS, TEXT, answer, case, last_notes, make_group, set_knobs, url
from simulator.verdicts import security, signatures

SECRET = "SECtest-not-real"
HOUR = 3_600_000


def signed_query(at: int | str, sign: str | None = None) -> str:
    right = signatures.expected(str(at), SECRET) if sign is None else sign
    return f"access_token=t&timestamp={at}&sign={right.replace('+', '%2B').replace('/', '%2F').replace('=', '%3D')}"


def group(**fields: object) -> Group:
    return Group(name="ops", robot_name="robot", token="t", **{"secret": SECRET, **fields})


@pytest.mark.parametrize("late_ms", [0, HOUR, -HOUR], ids=["now", "an hour ago", "in an hour"])
def test_a_signature_holds_for_an_hour_either_way(late_ms: int) -> None:
    one = case(group=group(), query=signed_query(NOW_MS - late_ms))
    assert security.timestamp(one) is None
    assert security.sign(one) is None


@pytest.mark.parametrize(
    ("at", "why", "params"),
    [
        (NOW_MS - HOUR - 1, Diagnosis.TIMESTAMP_STALE, {"minutes": "60"}),
        (NOW_MS - 65 * 60_000, Diagnosis.TIMESTAMP_STALE, {"minutes": "65"}),
        (NOW_MS + 90 * 60_000, Diagnosis.TIMESTAMP_AHEAD, {"minutes": "90"}),
        (NOW_MS - 8 * HOUR + 500, Diagnosis.TIMESTAMP_ZONE, {"hours": "8"}),
        (NOW_MS // 1000, Diagnosis.TIMESTAMP_IN_SECONDS, {}),
        ("2023-11-14T22:13:20Z", Diagnosis.TIMESTAMP_NOT_A_NUMBER, {}),
        ("-5", Diagnosis.TIMESTAMP_NOT_A_NUMBER, {}),
        ("9" * 5000, Diagnosis.TIMESTAMP_NOT_A_NUMBER, {}),
    ],
    ids=["just past the hour", "stale", "ahead", "zone", "seconds", "ISO", "negative", "enormous"],
)
def test_a_timestamp_that_does_not_hold_says_why(at: int | str, why: Diagnosis, params: dict[str, str]) -> None:
    refusal = security.timestamp(case(group=group(), query=f"access_token=t&timestamp={at}&sign=x"))
    assert refusal is not None
    assert (refusal.notes[0].diagnosis, refusal.notes[0].params) == (why, params)


@pytest.mark.parametrize(
    ("query", "headers", "message", "why"),
    [
        ("access_token=t", {}, TEXT, Diagnosis.UNSIGNED),
        ("access_token=t", {"timestamp": str(NOW_MS), "sign": "x"}, TEXT, Diagnosis.SIGNED_IN_HEADERS),
        ("access_token=t", {}, {**TEXT, "sign": "x"}, Diagnosis.SIGNED_IN_HEADERS),
        ("access_token=t&sign=x", {}, TEXT, Diagnosis.TIMESTAMP_MISSING),
        (f"access_token=t&timestamp={NOW_MS}", {}, TEXT, Diagnosis.UNSIGNED),
        (signed_query(NOW_MS, "x"), {}, TEXT, Diagnosis.SIGN_UNKNOWN),
    ],
    ids=["nothing", "in headers", "in the body", "no timestamp", "no sign", "wrong"],
)
def test_a_sign_that_does_not_match_says_why(
    query: str, headers: dict[str, str], message: dict[str, object], why: Diagnosis
) -> None:
    headers = {"content-type": "application/json", **headers}
    refusal = security.sign(case(message, group=group(), query=query, headers=headers))
    assert refusal is not None
    assert refusal.errcode == 310000
    assert [note.diagnosis for note in refusal.notes] == [why]


def test_a_fresh_pair_behind_a_stale_one_does_not_count() -> None:
    query = f"{signed_query(NOW_MS - 2 * HOUR)}&timestamp={NOW_MS}&sign=x"
    refusal = security.timestamp(case(group=group(), query=query))
    assert refusal is not None
    assert [note.params.get("name") for note in refusal.notes[1:]] == ["timestamp", "sign"]


def test_a_robot_without_a_secret_does_not_look_at_a_signature() -> None:
    one = case(group=group(secret=""), query="access_token=t&timestamp=1&sign=x")
    assert security.timestamp(one) is None
    assert security.sign(one) is None


@pytest.mark.parametrize(
    ("ranges", "address", "passes"),
    [
        ([], "198.51.100.9", True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["192.0.2.0/24", "198.51.100.9"], "198.51.100.9", True),
        (["192.0.2.77/24"], "192.0.2.1", True),
        (["0.0.0.0/0"], "::1", False),
        (["0.0.0.0/0"], "", False),
    ],
)
def test_only_listed_addresses_pass(ranges: list[str], address: str, passes: bool) -> None:
    refusal = security.ip(case(group=group(ip_ranges=ranges), address=address))
    assert (refusal is None) == passes


CARD = {"title": "t", "text": "x", "btns": [{"title": "alarm", "actionURL": "https://example.com/alarm"}]}
FEED = [{"title": "the alarm", "messageURL": "https://example.com/", "picURL": "https://example.com/p.png"}]


@pytest.mark.parametrize(
    ("message", "passes"),
    [
        ({"msgtype": "text", "text": {"content": "an alarm"}}, True),
        ({"msgtype": "text", "text": {"content": "an Alarm"}}, False),
        ({"msgtype": "markdown", "markdown": {"title": "alarm", "text": "x"}}, True),
        ({"msgtype": "markdown", "markdown": {"title": "t", "text": "alarm"}}, True),
        ({"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": "https://example.com/alarm"}}, False),
        ({"msgtype": "feedCard", "feedCard": {"links": FEED}}, True),
        ({"msgtype": "text", "text": {"content": "x"}, "markdown": {"title": "alarm"}}, False),
        ({"msgtype": "unknown", "text": {"content": "alarm"}}, True),
        ({"msgtype": "text"}, False),
    ],
    ids=["text", "other case", "title", "body", "address", "feed", "another type's field", "unknown type", "nothing"],
)
def test_a_keyword_counts_in_titles_and_bodies(message: dict[str, object], passes: bool) -> None:
    refusal = security.keywords(case(message, group=group(keywords=["alarm", "notice"])))
    assert (refusal is None) == passes


KEYWORD = "关键词不匹配"
KEYWORD_HELP = "请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;"
SIGN_HELP = "请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确"
SIGN_LINK = "请参考本接口对应文档获得具体要求，或者在https://open.dingtalk.com/document/  搜索相关文档;"
TIME_HELP = "签名生成时间和发送时间请保持在 timestampms 以内;"
IP_HELP = "请联系对应群的管理员，设置机器人安全ip地址段"
MORE = ", more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
WORDINGS = {
    "short": ("keywords not in content", "invalid timestamp", "sign not match", "ip 127.0.0.1 not in whitelist"),
    "more": (
        f"keywords not in content{MORE}",
        f"invalid timestamp{MORE}",
        f"sign not match{MORE}",
        f"ip 127.0.0.1 not in whitelist{MORE}",
    ),
    "description": (
        f"description:{KEYWORD};solution:{KEYWORD_HELP}",
        f"description:机器人发送签名过期;solution:{TIME_HELP}",
        f"description:机器人发送签名不匹配;solution:{SIGN_HELP};link:{SIGN_LINK}",
        f"description:ip 不在白名单中;solution:{IP_HELP}",
    ),
    "label": (
        f"错误描述:{KEYWORD};解决方案:{KEYWORD_HELP}",
        f"错误描述:机器人发送签名过期;解决方案:{TIME_HELP}",
        f"错误描述:机器人发送签名不匹配;解决方案:{SIGN_HELP}",
        f"错误描述:ip 不在白名单中;解决方案:{IP_HELP}",
    ),
}


@pytest.mark.django_db(transaction=True, databases=["default", "simulator"])
@pytest.mark.parametrize("wording", WORDINGS)
def test_310000_comes_in_four_wordings(simulator: str, wording: str) -> None:
    set_knobs(wording=wording)
    keyword, timestamp, sign, ip = WORDINGS[wording]
    signed, listed = make_group("signed", signed=True), make_group("listed", ip_ranges=["192.0.2.0/24"])
    stale = url(simulator, signed, now_ms=time.time_ns() // 1_000_000 - 65 * 60_000)
    assert answer(simulator, make_group("picky", keywords=["alarm"])) == (310000, keyword)
    assert answer(simulator, signed, address=stale) == (310000, timestamp)
    assert last_notes() == [Diagnosis.TIMESTAMP_STALE]
    assert answer(simulator, signed, address=f"{simulator}/robot/send?access_token={signed.token}") == (310000, sign)
    assert last_notes() == [Diagnosis.UNSIGNED]
    assert answer(simulator, listed) == (310000, ip)


@pytest.mark.django_db(transaction=True, databases=["default", "simulator"])
def test_every_mode_that_a_robot_has_must_pass(simulator: str) -> None:
    group = make_group(signed=True, keywords=["演练"], ip_ranges=["127.0.0.0/8"])
    assert answer(simulator, group) == (0, "ok")


@pytest.mark.django_db(transaction=True, databases=["default", "simulator"])
def test_a_sign_encoded_twice_is_named_in_the_log(simulator: str) -> None:
    group = make_group(signed=True)
    twice = url(simulator, group).replace("%", "%25")
    assert answer(simulator, group, address=twice)[0] == 310000
    assert last_notes() == [Diagnosis.SIGN_DOUBLE_ENCODED]
