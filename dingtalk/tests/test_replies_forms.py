"""Replies that are not what they should be: no errcode, no JSON, no end."""

import json

import pytest

from dingtalk.replies import Kind, RobotAction, classify, read_text

NOW_MS = 1_700_000_000_000
HTML = b"<!DOCTYPE html><html><body>Welcome</body></html>"


def judged(body, *, status=200, headers=None, truncated=False):
    return classify(http_status=status, headers=headers or {}, body=body, truncated=truncated, now_ms=NOW_MS)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"errcode":0,"errmsg":"ok"}', id="case 10: number"),
        pytest.param(b'{"errcode":"0","errmsg":"ok"}', id="case 10: string"),
        pytest.param(b'{"errmsg":"ok","errcode":0}', id="case 10: errmsg first"),
        pytest.param(b'{"errcode":0}', id="case 11: no errmsg"),
        pytest.param(b'{"errcode":0,"errmsg":null}', id="errmsg null"),
        pytest.param(b'\xef\xbb\xbf {"errcode":0}\r\n', id="byte order mark and white space"),
    ],
)
def test_errcode_zero_is_success(body):
    outcome = judged(body)
    assert outcome.kind is Kind.DELIVERED
    assert outcome.errcode == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b'{"errmsg":"ok"}', "no_errcode", id="case 11: errmsg alone"),
        pytest.param(b'{"errcode":null}', "no_errcode", id="null"),
        pytest.param(b'{"errcode":false,"errmsg":"ok"}', "no_errcode", id="false is not zero"),
        pytest.param(b'{"errcode":0.0}', "no_errcode", id="a fraction"),
        pytest.param(b'{"errcode":""}', "no_errcode", id="an empty string"),
        pytest.param(b'{"errcode":"ok"}', "no_errcode", id="a word"),
        pytest.param(b'{"errcode":"00"}', "no_errcode", id="two zeros"),
        pytest.param('{"errcode":"０"}'.encode(), "no_errcode", id="a full-width zero"),
        pytest.param(b'{"errcode":99999999999}', "no_errcode", id="a number no code has"),
        pytest.param(b'{"errcode":[0]}', "no_errcode", id="a list"),
        pytest.param(b'{"code":0,"success":true}', "no_errcode", id="another product's success"),
        pytest.param(b"0", "no_errcode", id="a bare zero"),
        pytest.param(b"[]", "no_errcode", id="an array"),
        pytest.param(b"null", "no_errcode", id="JSON null"),
        pytest.param(b"", "empty_reply", id="case 8: empty"),
        pytest.param(b" \r\n", "empty_reply", id="case 8: only white space"),
        pytest.param(b'{"errcode":0,"errm', "broken_reply", id="case 8: truncated JSON"),
        pytest.param(b"ok", "broken_reply", id="a word"),
        pytest.param(b"\xff\xfe\x00\x1f\x8b", "broken_reply", id="bytes of no text"),
        pytest.param(b"[" * 60_000, "broken_reply", id="deep nesting"),
        pytest.param(b'{"errcode":' + b"9" * 5_000 + b"}", "broken_reply", id="endless digits"),
        pytest.param(HTML, "html_reply", id="case 7: HTML"),
        pytest.param(b"\n <html>", "html_reply", id="case 7: HTML after a line end"),
    ],
)
def test_without_a_usable_errcode_nobody_can_know(body, reason):
    outcome = judged(body)
    assert (outcome.kind, outcome.reason, outcome.errcode) == (Kind.UNCERTAIN, reason, None)
    assert not outcome.retry


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("gbk", "GBK"),
        ("gb18030", '"gb2312"'),
        ("gbk", "utf-8"),
        ("gbk", ""),
        ("big5", "Big5"),
        ("utf-16", ""),
        ("utf-16-le", "UTF-16LE"),
        ("utf-8-sig", ""),
        ("utf-8", "gbk"),
        ("utf-8", "no-such-charset"),
    ],
)
def test_an_answer_in_another_encoding_is_read(encoding, charset):
    body = '{"errcode":310000,"errmsg":"描述:關鍵詞不匹配 keywords not in content"}'.encode(encoding)
    outcome = judged(body, headers={"Content-Type": f"application/json;charset={charset}"})
    assert (outcome.reason, outcome.errcode) == ("keyword_missing", 310000)
    assert "關鍵詞不匹配" in outcome.errmsg


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_text_that_is_cut_in_the_middle_of_a_letter_is_not_taken_for_another_encoding(cut):
    body = "<html>请稍后再试 请稍后再试".encode()[:-cut]
    assert read_text(body, {}).startswith("<html>请稍后再试 请稍后")


def test_html_is_told_by_its_header_too():
    assert judged(b"Welcome", headers={"Content-type": "text/HTML; charset=gbk"}).reason == "html_reply"


@pytest.mark.parametrize("body", [b'{"errcode":0,"errmsg":"' + b"x" * 100, b'{"errcode":0}' + b" " * 100])
def test_a_reply_too_long_to_be_read_whole_is_not_believed(body):
    """Case 12."""
    outcome = judged(body, truncated=True)
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "huge_reply")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", HTML, b'{"message":"x"}', b'{"errcode":'], ids=["empty", "HTML", "JSON", "cut"])
@pytest.mark.parametrize("truncated", [False, True])
def test_a_server_error_without_errcode_may_be_tried_again(status, body, truncated):
    """Case 56: safe, because the retry carries the same msgUuid."""
    outcome = judged(body, status=status, truncated=truncated)
    assert (outcome.kind, outcome.reason, outcome.retry) == (Kind.TRANSIENT, "server_error", True)
    assert outcome.http_status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_success_and_silences_the_robot(status):
    """Case 6."""
    outcome = judged(HTML, status=status, headers={"Location": "https://example.com/elsewhere"})
    assert (outcome.kind, outcome.reason) == (Kind.TRANSIENT, "redirected")
    assert (outcome.action, outcome.wait_seconds) == (RobotAction.SILENCE, 600)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "request_refused"),
        (404, "request_refused"),
        (414, "request_refused"),
        (407, "proxy_failed"),
        (429, "throttled"),
    ],
)
def test_a_status_that_says_not_taken_is_believed_where_there_is_no_errcode(status, reason):
    assert judged(HTML, status=status).reason == reason
    assert judged(HTML, status=status).kind is not Kind.UNCERTAIN


BAN_PAGE = (
    "<html><script>var x = {&quot;status&quot;:1111,&quot;wait&quot;:7,&quot;punish&quot;:&quot;deny&quot;}</script>"
)


@pytest.mark.parametrize("status", [200, 403, 502])
@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        pytest.param(
            {"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "x"}, 300, id="as documented"
        ),
        pytest.param({"status": "1111", "wait": "10", "punish": "deny"}, 600, id="strings"),
        pytest.param({"status": 1111}, 300, id="no wait"),
        pytest.param({"punish": "deny", "wait": 0}, 60, id="a wait of nothing"),
        pytest.param({"punish": "deny", "wait": 99999}, 86_400, id="a wait without end"),
        pytest.param('<html><body>{"status":1111,"wait":6,"punish":"deny"}</body></html>', 360, id="in a page"),
        pytest.param(BAN_PAGE, 420, id="in a page, escaped"),
    ],
)
def test_a_ban_of_our_address_pauses_everything(status, body, seconds):
    """Case 50."""
    text = body if isinstance(body, str) else json.dumps(body)
    outcome = judged(text.encode(), status=status)
    assert (outcome.kind, outcome.reason) == (Kind.THROTTLED, "address_banned")
    assert (outcome.action, outcome.wait_seconds) == (RobotAction.PAUSE_ALL, seconds)


def test_a_page_that_only_speaks_of_waiting_is_no_ban():
    assert judged(b"<html>status: ok, wait 5</html>").reason == "html_reply"


def test_a_long_or_dirty_text_is_kept_cleaned_and_cut():
    """Case 66: the text is DingTalk's own; escaping is the page's work."""
    errmsg = "miss param : feedCard-\\u003Elinks <b>\\u0000\\ud800\\r\\n" + "长" * 3_000
    outcome = judged(f'{{"errcode":400602,"errmsg":"{errmsg}"}}'.encode())
    assert outcome.errmsg.startswith("miss param : feedCard->links <b>\n长")
    assert len(outcome.errmsg) == 2_000
    outcome.errmsg.encode()


@pytest.mark.parametrize("errmsg", ["null", "12", "[]", "{}"])
def test_an_errmsg_that_is_no_text_is_none(errmsg):
    assert judged(f'{{"errcode":300005,"errmsg":{errmsg}}}'.encode()).errmsg == ""
