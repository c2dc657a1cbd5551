"""310000 in its four refusals and four generations of wording (docs/protocol.md, section 3). Case 61."""

import json

import pytest

from dingtalk.replies import Kind, classify, description

NOW_MS = 1_700_000_000_000
MORE = ", more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
SIGN_ADVICE = "请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确"
LINK = "link:请参考本接口对应文档获得具体要求，或者在https://open.dingtalk.com/document/  搜索相关文档;"
KEYWORD_ADVICE = "请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;"
TIME_ADVICE = "签名生成时间和发送时间请保持在 timestampms 以内;"
IP_ADVICE = "请联系对应群的管理员，设置机器人安全ip地址段"

WORDINGS = [
    ("keyword_missing", "keywords not in content"),
    ("keyword_missing", "keywords not in content" + MORE),
    ("keyword_missing", f"description:关键词不匹配;solution:{KEYWORD_ADVICE}"),
    ("keyword_missing", f"错误描述:关键词不匹配;解决方案:{KEYWORD_ADVICE}"),
    ("timestamp_invalid", "invalid timestamp"),
    ("timestamp_invalid", "invalid timestamp" + MORE),
    ("timestamp_invalid", f"description:机器人发送签名过期;solution:{TIME_ADVICE}"),
    ("timestamp_invalid", f"错误描述:机器人发送签名过期;解决方案:{TIME_ADVICE}"),
    ("sign_mismatch", "sign not match"),
    ("sign_mismatch", "sign not match" + MORE),
    ("sign_mismatch", f"description:机器人发送签名不匹配;solution:{SIGN_ADVICE};{LINK}"),
    ("sign_mismatch", f"错误描述:机器人发送签名不匹配;解决方案:{SIGN_ADVICE}"),
    ("ip_not_allowed", "ip 203.0.113.7 not in whitelist"),
    ("ip_not_allowed", "ip 203.0.113.7 not in whitelist" + MORE),
    ("ip_not_allowed", f"description:ip 不在白名单中;solution:{IP_ADVICE}"),
    ("ip_not_allowed", f"错误描述:ip 不在白名单中;解决方案:{IP_ADVICE}"),
    ("security_unknown", "错误描述:安全设置不符;解决方案:请联系群管理员"),
    ("security_unknown", ""),
]


def judged(errmsg, *, headers=None, now_ms=NOW_MS):
    body = json.dumps({"errcode": 310000, "errmsg": errmsg}).encode()
    return classify(http_status=200, headers=headers or {}, body=body, truncated=False, now_ms=now_ms)


@pytest.mark.parametrize(("reason", "errmsg"), WORDINGS, ids=[f"{reason} {text[:24]}" for reason, text in WORDINGS])
def test_each_wording_of_310000_is_told_apart(reason, errmsg):
    outcome = judged(errmsg)
    assert outcome.reason == reason
    assert outcome.errmsg == errmsg
    assert not outcome.retry


def test_the_advice_in_a_text_does_not_decide_but_its_description():
    """The advice about a sign may speak of keywords one day."""
    assert judged("description:机器人发送签名不匹配;solution:检查关键词;").reason == "sign_mismatch"


def test_a_missing_keyword_is_the_authors_and_the_rest_the_robots():
    kinds = {reason: judged(errmsg).kind for reason, errmsg in WORDINGS}
    assert kinds.pop("keyword_missing") is Kind.REFUSED_CONTENT
    assert set(kinds.values()) == {Kind.REFUSED_ROBOT}


@pytest.mark.parametrize(
    ("errmsg", "shown"),
    [
        ("keywords not in content", "keywords not in content"),
        (f"description:关键词不匹配;solution:{KEYWORD_ADVICE}", "关键词不匹配"),
        (f"错误描述: 参数 markdown --》 title 缺失 ; 解决方案:x;{LINK}", "参数 markdown --》 title 缺失"),
        ("description:系统异常，请稍后再试;", "系统异常，请稍后再试"),
        ("错误描述：限流；解决方案：等待", "限流"),
        ("", ""),
    ],
)
def test_the_description_is_what_went_wrong_without_the_advice(errmsg, shown):
    assert description(errmsg) == shown


@pytest.mark.parametrize(
    ("headers", "skew"),
    [
        pytest.param({"Date": "Tue, 14 Nov 2023 22:13:20 GMT"}, 0, id="in time"),
        pytest.param({"date": "Tue, 14 Nov 2023 21:13:20 GMT"}, 3600, id="our clock is an hour fast"),
        pytest.param({"DATE": "Tue, 14 Nov 2023 22:28:20 GMT"}, -900, id="our clock is a quarter slow"),
        pytest.param({"Date": "Wed, 15 Nov 2023 06:13:20 +0800"}, 0, id="another zone"),
        pytest.param({"Date": "Tue, 14 Nov 2023 22:13:20 -0000"}, 0, id="no zone"),
        pytest.param({"Date": "yesterday"}, None, id="no date"),
        pytest.param({}, None, id="no header"),
    ],
)
def test_a_refused_timestamp_tells_how_far_our_clock_is_off(headers, skew):
    """Case 67."""
    assert judged("invalid timestamp", headers=headers).clock_skew_seconds == skew


def test_other_refusals_say_nothing_of_the_clock():
    assert judged("sign not match", headers={"Date": "Tue, 14 Nov 2023 21:13:20 GMT"}).clock_skew_seconds is None
