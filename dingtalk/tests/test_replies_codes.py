"""Every errcode of docs/protocol.md, section 4."""

import json

import pytest

from dingtalk.replies import Concerns, Kind, ReasonKey, RobotAction, classify, failure
from dingtalk.replies.advice import ADVICE
from dingtalk.replies.table import ROWS

NOW_MS = 1_700_000_000_000


def judged(errcode, errmsg="", *, http_status=200):
    body = json.dumps({"errcode": errcode, "errmsg": errmsg}, ensure_ascii=False).encode()
    return classify(http_status=http_status, headers={}, body=body, truncated=False, now_ms=NOW_MS)


CODES = [
    (0, "ok", "delivered", "delivered"),
    (-1, "系统繁忙", "transient", "server_busy"),
    (-1, "system busy", "transient", "server_busy"),
    (500100, "description:系统异常，请稍后再试;", "transient", "server_exception"),
    (130101, "send too fast, exceed 20 times per minute", "throttled", "throttled"),
    (130101, "send too fast", "throttled", "throttled"),
    (660026, "sending too many messages per minute", "throttled", "throttled"),
    (410100, "发送速度太快而限流", "throttled", "throttled"),
    (450101, "", "throttled", "throttled"),
    (90002, "您的服务器调用过快，当前接口的所有请求都被暂时禁用了", "throttled", "throttled_everywhere"),
    (90018, "", "throttled", "throttled_everywhere"),
    (90030, "webhook over limit", "quota", "quota_exhausted"),
    (90020, "", "quota", "quota_exhausted"),
    (20001, "受调用量超量影响", "quota", "quota_exhausted"),
    (300005, "token is not exist", "refused_robot", "token_unknown"),
    (300001, "token is not exist", "refused_robot", "token_unknown"),
    (300001, "param error", "refused_content", "param_error"),
    (400101, "access_token不存在", "refused_robot", "token_unknown"),
    (400102, "机器人已停用", "refused_robot", "robot_stopped"),
    (400102, "bot is stopped", "refused_robot", "robot_stopped"),
    (400106, "机器人不存在", "refused_robot", "robot_removed"),
    (400013, "群已被解散", "refused_robot", "group_dissolved"),
    (40035, "缺少参数 json", "refused_content", "json_missing"),
    (40035, "Missing parameter json", "refused_content", "json_missing"),
    (40035, "缺少参数 access_token", "refused_robot", "token_missing"),
    (40035, "缺少参数", "refused_content", "parameter_missing"),
    (43002, "需要POST请求", "refused_content", "wrong_method"),
    (43004, "无效的HTTP HEADER Content-Type", "refused_content", "wrong_content_type"),
    (404, "请求的URI地址不存在", "refused_content", "wrong_path"),
    (400105, "不支持的消息类型", "refused_content", "msgtype_unknown"),
    (400105, "错误描述: 不支持类型 msgType:x ;解决方案:请使用支持的类型;", "refused_content", "msgtype_unknown"),
    *[
        (code, "miss param : x", "refused_content", "field_missing")
        for code in [400201, 400202, *range(400301, 400305), *range(400401, 400404), *range(400501, 400509)]
    ],
    *[(code, "miss param : x", "refused_content", "field_missing") for code in [*range(400601, 400606), 401104]],
    (400509, "", "refused_content", "field_invalid"),
    (400510, "", "refused_content", "field_invalid"),
    (430101, "含有不安全的外链", "refused_content", "unsafe_link"),
    (430102, "含有不合适的文本", "refused_content", "banned_text"),
    (430103, "含有不合适的图片", "refused_content", "banned_picture"),
    (430104, "含有不合适的内容", "refused_content", "banned_content"),
    (460101, "message too long, exceed 20000 bytes", "refused_content", "too_long"),
    (
        460101,
        "description: body 大小不合法;solution:请保持大小在 20000bytes 以内;",
        "refused_content",
        "too_long",
    ),
    (460101, "错误描述: body 大小不合法;解决方案:请保持大小在 20000bytes 以内。", "refused_content", "too_long"),
    (101002, "message is too long", "refused_content", "too_long"),
    (88, "ding talk error[subcode=40014,submsg=不合法的access_token]", "refused_content", "unknown_code"),
    *[(code, "", "refused_content", "unknown_code") for code in (33001, 34001, 34014, 34015, 34016)],
    (999999, "something new", "refused_content", "unknown_code"),
    # An unknown code may be told by its wording, but only as throttling.
    (999999, "you call too fast", "throttled", "throttled"),
    (999999, "too many requests", "throttled", "throttled"),
    (999999, "请求被限流", "throttled", "throttled"),
    (999999, "keywords not in content", "refused_content", "unknown_code"),
]


@pytest.mark.parametrize(
    ("errcode", "errmsg", "kind", "reason"), CODES, ids=[f"{code[0]} {code[1][:40]}" for code in CODES]
)
def test_each_code_has_its_kind_and_reason(errcode, errmsg, kind, reason):
    """Cases 44, 47, 50-52, 56-58, 62 and 63."""
    outcome = judged(errcode, errmsg)
    assert (outcome.kind, outcome.reason) == (kind, reason)
    assert (outcome.errcode, outcome.errmsg, outcome.http_status) == (errcode, errmsg, 200)


def test_every_row_of_the_table_is_tried_above():
    tried = {(errcode, reason) for errcode, _, _, reason in CODES}
    assert {(row.errcode, row.reason) for row in ROWS if row.errcode != 310000} <= tried


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.errcode} {row.reason}")
def test_the_text_a_row_was_seen_with_leads_to_that_row(row):
    assert judged(row.errcode, row.seen).reason == row.reason


@pytest.mark.parametrize("status", [200, 302, 400, 404, 500, 502])
def test_errcode_decides_whatever_the_http_status(status):
    assert judged(0, "ok", http_status=status).kind is Kind.DELIVERED
    assert judged(300005, "token is not exist", http_status=status).reason == "token_unknown"


@pytest.mark.parametrize(
    ("reasons", "concerns", "retry", "action", "wait"),
    [
        (["delivered"], "nobody", False, "nothing", 0),
        (["throttled"], "robot", True, "silence", 600),
        (["redirected"], "robot", True, "silence", 600),
        (["throttled_everywhere"], "everyone", True, "pause_all", 1),
        (["address_banned"], "everyone", True, "pause_all", 300),
        (["quota_exhausted"], "organisation", False, "stop_organisation", 0),
        (["server_busy", "server_exception", "server_error"], "nobody", True, "nothing", 0),
        (["token_unknown", "robot_stopped", "robot_removed", "group_dissolved"], "robot", False, "pause", 0),
        (["sign_mismatch", "ip_not_allowed", "security_unknown", "token_missing"], "robot", False, "count_failure", 0),
        (["timestamp_invalid"], "operator", False, "count_failure", 0),
        (["keyword_missing", "too_long", "field_missing", "field_invalid"], "author", False, "nothing", 0),
        (["unsafe_link", "banned_text", "banned_picture", "banned_content"], "author", False, "nothing", 0),
        (["unknown_code"], "author", False, "nothing", 0),
        (["json_missing", "parameter_missing", "param_error", "msgtype_unknown"], "operator", False, "nothing", 0),
        (["wrong_method", "wrong_content_type", "wrong_path", "request_refused"], "operator", False, "nothing", 0),
        (["html_reply", "empty_reply", "broken_reply", "no_errcode", "huge_reply"], "author", False, "nothing", 0),
        (["read_timeout", "reset_after_send", "too_slow", "worker_died"], "author", False, "nothing", 0),
        (["dns_failed", "connect_refused", "connect_timeout", "connect_failed"], "operator", True, "nothing", 0),
        (["tls_failed", "proxy_failed"], "operator", True, "nothing", 0),
        (["address_invalid"], "operator", False, "nothing", 0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_each_reason_has_its_advice(reasons, concerns, retry, action, wait):
    """Cases 56, 57 and 64: who has to know, whether to retry, what becomes of the robot."""
    for reason in reasons:
        outcome = failure(ReasonKey(reason))
        assert (outcome.concerns, outcome.retry) == (concerns, retry), reason
        assert (outcome.action, outcome.wait_seconds) == (action, wait), reason


def test_there_is_advice_for_every_reason():
    assert set(ADVICE) == set(ReasonKey)


def test_only_what_was_not_taken_for_sure_or_is_safe_under_its_msg_uuid_is_retried():
    retried = {advice.kind for advice in ADVICE.values() if advice.retry}
    assert retried == {Kind.THROTTLED, Kind.TRANSIENT, Kind.UNREACHABLE}


def test_a_failure_without_reply_has_no_code_and_no_status():
    outcome = failure(ReasonKey.WORKER_DIED)
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "worker_died")
    assert (outcome.errcode, outcome.errmsg, outcome.http_status, outcome.clock_skew_seconds) == (None, "", None, None)


def test_the_values_are_the_names_in_small_letters():
    for kind in (Kind, Concerns, RobotAction, ReasonKey):
        assert all(member.value == member.name.lower() for member in kind)
    assert type(failure(ReasonKey.WORKER_DIED).reason) is str
