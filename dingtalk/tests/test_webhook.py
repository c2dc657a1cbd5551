import pytest

from dingtalk.webhook import (
    WebhookError,
    WebhookProblem,
    mask,
    masked_url,
    parse_secret,
    parse_webhook,
    send_url,
)

TOKEN = "f" * 60 + "0001"
BASE = "https://oapi.dingtalk.com"
SIMULATOR = "http://127.0.0.1:8000/simulator"
BASES = (BASE, SIMULATOR)
URL = f"{BASE}/robot/send?access_token={TOKEN}"


def url_at(start):
    return f"{start}/robot/send?access_token={TOKEN}"


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(URL, id="the URL"),
        pytest.param(TOKEN, id="the token alone"),
        pytest.param(f"{URL}&timestamp=1600000000000&sign=abc%2Bdef%3D", id="case 20: a stale timestamp and sign"),
        pytest.param(f"{BASE}/robot/send?timestamp=1&sign=x&access_token={TOKEN}", id="case 20: the stale pair first"),
        pytest.param(f"  {URL}\n", id="white space around"),
        pytest.param(f"\t{TOKEN}\r\n", id="a token with a line end"),
        pytest.param(f"\u3000{URL}\u00a0", id="wide and hard spaces"),
        pytest.param(f"\ufeff{URL}\u200b", id="zero-width characters around"),
        pytest.param(f"{BASE}/robot/\u200bsend?access_token={TOKEN[:9]}\u2060{TOKEN[9:]}", id="zero-width inside"),
        pytest.param(f"“{URL}”", id="Chinese quotes"),
        pytest.param(f'"{URL}",', id="quotes and comma of JSON"),
        pytest.param(f"<{URL}>", id="angle brackets"),
        pytest.param(f"`{TOKEN}`", id="back quotes"),
        pytest.param(URL.replace(":", "：").replace("?", "？").replace("=", "＝"), id="full-width punctuation"),
        pytest.param("".join(chr(ord(char) + 0xFEE0) for char in TOKEN), id="a full-width token"),
        pytest.param(URL.replace("https://oapi", "HTTPS://OAPI"), id="capitals in scheme and host"),
        pytest.param(f"{BASE}:443/robot/send?access_token={TOKEN}", id="the default port spelt out"),
        pytest.param(URL.removeprefix("https://"), id="as a browser copies it, without scheme"),
        pytest.param(f"access_token={TOKEN}", id="the parameter alone"),
        pytest.param(f"?access_token={TOKEN}&timestamp=1&sign=a/b", id="the query alone"),
        pytest.param(f"{URL}#", id="an empty fragment"),
        pytest.param(f"{BASE}/robot/send?access_token={TOKEN[:30]}\n{TOKEN[30:]}", id="a wrapped line"),
        pytest.param(f"{TOKEN[:32]} {TOKEN[32:]}", id="a wrapped token"),
        pytest.param(f"Webhook: {URL}", id="a label before it"),
        pytest.param(f"Webhook地址：{URL}", id="a label without space"),
        pytest.param(f"webhook=127.0.0.1, {SIMULATOR}/robot/send?access_token={TOKEN}", id="words before it"),
        pytest.param(f"{URL} 谢谢", id="a word after it"),
        pytest.param(f"curl '{URL}' \\\n -H 'Content-Type: application/json'", id="a curl command"),
        pytest.param(f"{SIMULATOR}/robot/send?access_token={TOKEN}", id="another base with port and path"),
        pytest.param(f"127.0.0.1:8000/simulator/robot/send?access_token={TOKEN}", id="that one without scheme"),
    ],
)
def test_what_people_paste_gives_the_token(pasted):
    assert parse_webhook(pasted, bases=BASES).token.reveal() == TOKEN


@pytest.mark.parametrize("token", ["a" * 16, "A-b_9" * 10, "z" * 128], ids=["short", "mixed", "long"])
def test_tokens_of_other_lengths_are_taken_because_the_length_is_not_documented(token):
    assert parse_webhook(f"{BASE}/robot/send?access_token={token}", bases=BASES).token.reveal() == token
    assert parse_webhook(token, bases=BASES).token.reveal() == token


@pytest.mark.parametrize("base", ["https://oapi.dingtalk.com/", "http://double.example:9000/a/b/"])
def test_a_slash_at_the_end_of_a_base_does_not_matter(base):
    url = send_url(base_url=base, token=TOKEN, secret=None, timestamp_ms=0)
    assert parse_webhook(url, bases=[base]).token.reveal() == TOKEN


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param(" \n\u200b", "empty", id="only invisible characters"),
        pytest.param("请看群公告", "not_a_webhook", id="a sentence"),
        pytest.param("ftp://oapi.dingtalk.com/robot/send", "not_a_webhook", id="another protocol"),
        pytest.param("https://", "not_a_webhook", id="a URL without host"),
        pytest.param(url_at("https://[::1"), "not_a_webhook", id="a broken URL"),
        pytest.param(url_at("https://oapi.dingtalk.com:x"), "not_a_webhook", id="a port in words"),
        pytest.param(url_at("https://oapi.dingtalk.com\\@evil.example"), "not_a_webhook", id="backslash"),
        pytest.param(f"{BASE}/robot/send?access_token=abcdefghijklmnop thanks", "inner_space", id="a word after it"),
        pytest.param("abcdefgh ijklmnop", "inner_space", id="a token with a space that proves nothing"),
        pytest.param(f"{URL}\n{URL}", "several_addresses", id="two URLs"),
        pytest.param(f"{TOKEN}\n{TOKEN}", "several_addresses", id="two tokens in two lines"),
        pytest.param(URL + URL, "several_addresses", id="two URLs run together"),
        pytest.param(f"{URL}\nSECtest-not-real", "secret_with_address", id="webhook and secret"),
        pytest.param(f"SECtest-not-real {TOKEN}", "secret_with_address", id="secret and token"),
        pytest.param("SECtest-not-real-at-all", "secret_as_webhook", id="case 23: the secret"),
        pytest.param(f"{BASE}/robot/send?access_token=SEC{TOKEN}", "secret_as_webhook", id="case 23: it as the token"),
        pytest.param(f"sec{TOKEN}", "secret_as_webhook", id="case 23: in small letters"),
        pytest.param(f"{BASE}/robot/send?access_token=ffff…0001", "masked", id="a masked URL of a page of ours"),
        pytest.param("ffff****0001", "masked", id="a masked token"),
        pytest.param(URL.replace("https", "http"), "not_https", id="case 14: http"),
        pytest.param(url_at("https://127.0.0.1:8000/simulator"), "other_scheme", id="https of http"),
        pytest.param(url_at("https://me:pw@oapi.dingtalk.com"), "user_info", id="case 14: user"),
        pytest.param(url_at("https://oapi.dingtalk.com@evil.example"), "user_info", id="host as user"),
        pytest.param(
            f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}", "other_host", id="case 14: another product"
        ),
        pytest.param(url_at("https://api.dingtalk.com"), "other_host", id="DingTalk's other host"),
        pytest.param(url_at("http://127.0.0.2:8000/simulator"), "other_host", id="a near address"),
        pytest.param(url_at("https://oapi.dingtalk.com.evil.example"), "lookalike_host", id="case 14: longer"),
        pytest.param(url_at("https://oapi-dingtalk.com"), "lookalike_host", id="case 14: a hyphen"),
        pytest.param(url_at("https://оapi.dingtalk.com.cn"), "lookalike_host", id="case 14: Cyrillic"),
        pytest.param(url_at("https://xn--api-5cd.example"), "lookalike_host", id="case 14: punycode"),
        pytest.param(url_at("https://oapi.dingtalk.com."), "lookalike_host", id="a dot at the end"),
        pytest.param(url_at("https://oapi.dingtalk.com:8443"), "other_port", id="case 14: port"),
        pytest.param(url_at("https://oapi.dingtalk.com:0"), "other_port", id="port 0"),
        pytest.param(f"{BASE}/robot/send/x?access_token={TOKEN}", "other_path", id="case 14: a longer path"),
        pytest.param(f"{BASE}/robot/%73end?access_token={TOKEN}", "other_path", id="an encoded path"),
        pytest.param(f"{BASE}/gettoken?appkey={TOKEN}", "other_path", id="case 14: another interface"),
        pytest.param(url_at("http://127.0.0.1:8000"), "other_path", id="a base without its path"),
        pytest.param(BASE, "other_path", id="the host alone"),
        pytest.param(f"{BASE}/robot/sendBySession?session={TOKEN}", "session_webhook", id="an app's sessionWebhook"),
        pytest.param(f"{BASE}/robot/send", "token_missing", id="no token"),
        pytest.param(f"{BASE}/robot/send?access_token=", "token_missing", id="an empty token"),
        pytest.param(f"{URL}&access_token={TOKEN}", "token_repeated", id="two tokens"),
        pytest.param(f"{BASE}/robot/send?access_token=abc", "token_malformed", id="too short"),
        pytest.param("z" * 129, "token_malformed", id="too long"),
        pytest.param(f"{BASE}/robot/send?access_token={TOKEN}%2F", "token_malformed", id="a foreign character"),
    ],
)
def test_each_mistake_has_its_own_code(pasted, code):
    """Cases 14 and 23."""
    with pytest.raises(WebhookError) as refused:
        parse_webhook(pasted, bases=BASES)
    assert refused.value.code == code
    assert code in list(WebhookProblem)
    assert TOKEN not in repr(refused.value) + str(refused.value) + repr(refused.value.params)


def test_a_refusal_says_what_was_expected():
    with pytest.raises(WebhookError) as refused:
        parse_webhook(f"https://evil.example/robot/send?access_token={TOKEN}", bases=BASES)
    assert refused.value.params == {"host": "evil.example", "expected": "oapi.dingtalk.com, 127.0.0.1:8000"}


def test_a_refused_url_is_not_in_the_chain_of_the_error():
    with pytest.raises(WebhookError) as refused:
        parse_webhook(f"https://oapi.dingtalk.com:x/robot/send?access_token={TOKEN}", bases=BASES)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("pasted", "secret"),
    [
        pytest.param("SECtest-not-real", "SECtest-not-real", id="as it is"),
        pytest.param(" SECtest-not-real\r\n", "SECtest-not-real", id="case 22: white space around"),
        pytest.param("\u200bＳＥＣtest-not-real\ufeff", "SECtest-not-real", id="full-width and zero-width"),
        pytest.param("“SECtest-not-real”", "SECtest-not-real", id="quotes"),
    ],
)
def test_a_pasted_secret_is_trimmed(pasted, secret):
    assert parse_secret(pasted).reveal() == secret


@pytest.mark.parametrize("pasted", ["", "  ", "\n"])
def test_no_secret_is_none(pasted):
    assert parse_secret(pasted) is None


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        pytest.param(URL, "secret_is_url", id="case 23: the webhook"),
        pytest.param(f"access_token={TOKEN}", "secret_is_url", id="case 23: its query"),
        pytest.param(TOKEN, "secret_no_prefix", id="the token"),
        pytest.param("test-not-real", "secret_no_prefix", id="without SEC"),
        pytest.param("SECtest not-real", "secret_inner_space", id="case 22: a space inside"),
        pytest.param("SECtest\nnot-real", "secret_inner_space", id="case 22: a line end inside"),
        pytest.param("SEC****real", "secret_masked", id="a masked one"),
        pytest.param("SEC", "secret_malformed", id="only the prefix"),
        pytest.param("SEC密钥", "secret_malformed", id="foreign characters"),
    ],
)
def test_each_mistaken_secret_has_its_own_code(pasted, code):
    with pytest.raises(WebhookError) as refused:
        parse_secret(pasted)
    assert refused.value.code == code
    assert "not-real" not in str(refused.value) + repr(refused.value.params)


@pytest.mark.parametrize(
    ("token", "shown"),
    [("ab12" + "0" * 56 + "c9f0", "ab12…c9f0"), ("a" * 31, "***"), ("abcd", "***"), ("", "***")],
)
def test_a_mask_shows_the_ends_of_long_tokens_only(token, shown):
    assert mask(token) == shown


def test_without_a_secret_the_url_has_no_timestamp():
    """Case 5."""
    assert send_url(base_url=BASE, token=TOKEN, secret=None, timestamp_ms=1700000000000) == URL


def test_with_a_secret_the_url_has_one_timestamp_and_one_sign():
    """Cases 16, 17 and 20."""
    url = send_url(base_url=SIMULATOR, token=TOKEN, secret="SECx", timestamp_ms=1700000000000)
    assert url == (
        f"http://127.0.0.1:8000/simulator/robot/send?access_token={TOKEN}"
        "&timestamp=1700000000000&sign=rgcjbH%2ByFyES%2BS0llX%2BcAPCwVRpsr7sbiX5Lnyo%2FocU%3D"
    )


def test_the_length_of_the_url_stays_the_same_over_a_hundred_sends():
    """Case 20: nothing is ever appended to an address that was signed before."""
    urls = [send_url(base_url=BASE, token=TOKEN, secret="SECx", timestamp_ms=1700000000000 + n) for n in range(100)]
    assert {url.count("timestamp=") for url in urls} == {1}
    assert {url.replace("%2B", "+").replace("%2F", "/").count("&") for url in urls} == {2}


def test_a_token_with_odd_characters_is_encoded_once():
    assert send_url(base_url=BASE, token="a+b/c", secret=None, timestamp_ms=0).endswith("access_token=a%2Bb%2Fc")


def test_the_shown_url_hides_token_and_sign():
    """Case 24."""
    shown = masked_url(base_url=BASE, token=TOKEN, signed=True, timestamp_ms=1700000000000)
    assert shown == f"{BASE}/robot/send?access_token=ffff…0001&timestamp=1700000000000&sign=***"
    unsigned = masked_url(base_url=BASE, token=TOKEN, signed=False, timestamp_ms=0)
    assert unsigned == f"{BASE}/robot/send?access_token=ffff…0001"
