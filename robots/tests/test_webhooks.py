from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from dingtalk.webhook import WebhookProblem
from robots.rules.webhook_texts import PROBLEM_TEXTS
from robots.rules.webhooks import Pasted, clean_secret, clean_webhook, take_apart

REAL = "https://oapi.dingtalk.com"
TOKEN = "f" * 60 + "0001"
URL = f"{REAL}/robot/send?access_token={TOKEN}"
SECRET = "SECtest-not-real"


@pytest.mark.parametrize("problem", WebhookProblem)
def test_every_problem_has_a_sentence(problem: WebhookProblem) -> None:
    params = {"host": "h", "expected": "e", "port": "1", "path": "/p", "length": "3"}
    assert str(PROBLEM_TEXTS[problem]) % params


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(f"{URL}\n{SECRET}", id="webhook, then secret"),
        pytest.param(f"{SECRET}\r\n{URL}", id="secret, then webhook"),
        pytest.param(f"  {URL}   {SECRET} ", id="on one line"),
        pytest.param(f"Webhook：{URL}\n加签：{SECRET}", id="with Chinese labels"),
        pytest.param(f"Webhook: {URL}\n密钥:\n{SECRET}\n", id="label on a line of its own"),
        pytest.param(f"webhook {URL}\nsecret {SECRET}\n{SECRET}".replace("secret ", "secret: "), id="secret twice"),
    ],
)
def test_webhook_and_secret_pasted_together_are_told_apart(pasted: str) -> None:
    parts = take_apart(pasted)
    assert clean_webhook(parts.webhook, bases=[REAL]).reveal() == TOKEN
    assert clean_secret(parts.secret).reveal() == SECRET


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(URL, id="webhook alone"),
        pytest.param(SECRET, id="secret alone"),
        pytest.param(f"{URL}\n{SECRET}\nSECtest-another", id="two secrets"),
        pytest.param(f"{REAL}/robot/send?access_token=SECabcdefgh", id="secret in the token's place"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_cannot_be_told_apart_is_left_to_the_parser(pasted: str) -> None:
    assert take_apart(pasted) == Pasted(webhook=pasted, secret="")


def test_what_was_pasted_does_not_show_itself() -> None:
    assert TOKEN not in repr(take_apart(f"{URL}\n{SECRET}"))
    assert SECRET not in repr(take_apart(f"{URL}\n{SECRET}"))


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "Paste the webhook"),
        ("hello", "unknown form"),
        ("你好", "not a webhook"),
        (SECRET, "This is the signing secret"),
        (f"http://oapi.dingtalk.com/robot/send?access_token={TOKEN}", "begin with https://"),
        (f"https://oapi.dingtalk.com.evil.example/robot/send?access_token={TOKEN}", "only looks like"),
        (f"https://example.com/robot/send?access_token={TOKEN}", "belongs to example.com"),
        (f"https://li@oapi.dingtalk.com/robot/send?access_token={TOKEN}", "name or an @"),
        (f"https://oapi.dingtalk.com:8443/robot/send?access_token={TOKEN}", "port 8443; expected is 443"),
        (f"https://oapi.dingtalk.com/gettoken?access_token={TOKEN}", "/gettoken"),
        (f"https://oapi.dingtalk.com/robot/sendBySession?session={TOKEN}", "app robot"),
        ("https://oapi.dingtalk.com/robot/send?access_token=", "access_token= is missing"),
        (f"{URL}&access_token={TOKEN}", "more than once"),
        (f"{URL[:70]}****{TOKEN[-4:]}", "hidden behind"),
        (f"{URL}\n{URL}", "several addresses"),
    ],
)
def test_a_bad_webhook_is_explained_and_not_quoted(pasted: str, said: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=said) as caught:
        clean_webhook(pasted, bases=[REAL])
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (URL, "This is an address"),
        ("abcdef", "begins with SEC"),
        ("SECab cd", "space or a line break"),
        ("SECab****cd", "hidden behind"),
        ("SECab+cd", "signs that DingTalk"),
    ],
)
def test_a_bad_secret_is_explained_and_not_quoted(pasted: str, said: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=said) as caught:
        clean_secret(pasted)
    assert pasted not in str(caught.value)


def test_no_secret_is_none() -> None:
    assert clean_secret("  ") is None
