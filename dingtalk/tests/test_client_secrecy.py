"""The token, the secret and the sign appear in nothing that is kept, logged or raised. Case 24."""

import logging
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from dingtalk.tests.calling import BODY, QUICK_READ, SECRET, TOKEN, client, target
from dingtalk.tests.fake_server import OK, FakeServer, hangs_up, http_reply, replies, stalls


def echoes(server, connection, request):
    """As the error pages of gateways do."""
    page = f"<html>No such page: {request.target} {TOKEN} {SECRET} {quote(TOKEN)}</html>".replace("&", "&amp;")
    connection.sendall(http_reply(page.encode(), headers="Content-Type: text/html"))
    return False


def echoes_json(server, connection, request):
    connection.sendall(http_reply(f'{{"errcode":999999,"errmsg":"bad {request.target} {SECRET}"}}'.encode()))
    return False


def replies_with_a_bad_head(server, connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\n{}")
    return False


def redirects(server, connection, request):
    connection.sendall(http_reply(b"", status="302 Found", headers=f"Location: {request.target}"))
    return False


@pytest.fixture
def everything_logged(caplog):
    """DEBUG of every logger, those that exist already included."""
    caplog.set_level(logging.DEBUG)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(("urllib3", "requests"))]:
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize(
    "answer",
    [replies(OK), hangs_up, stalls, echoes, echoes_json, replies_with_a_bad_head, redirects],
    ids=["ok", "dropped", "stalled", "page with the URL", "errmsg with the URL", "bad header", "redirect"],
)
def test_no_secret_is_in_the_log_or_in_what_is_kept(answer, everything_logged):
    with FakeServer(answer) as server, client(limits=QUICK_READ) as caller:
        made = caller.send(target(server.url), BODY)
        shown = repr(made) + repr(caller) + repr(target(server.url)) + everything_logged.text
        [signature] = parse_qs(urlsplit(server.requests[0].target).query)["sign"]
    assert "/robot/send?access_token=" in shown
    for secret in (TOKEN, SECRET, signature, quote(signature, safe="")):
        assert secret not in shown


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "https://dingtalk.invalid", "nonsense", "http://[::1"])
def test_no_secret_is_in_the_log_when_nothing_is_reached(base, everything_logged):
    with client() as caller:
        made = caller.send(target(base), BODY)
    assert TOKEN not in repr(made) + everything_logged.text
    assert SECRET not in repr(made) + everything_logged.text


def test_urllib3_does_log_the_call_with_its_query_masked(everything_logged):
    """So that the tests above look at something."""
    with FakeServer(replies(OK)) as server, client() as caller:
        caller.send(target(server.url), BODY)
    assert "POST /robot/send?access_token=***&timestamp=" in everything_logged.text
    assert "&sign=***" in everything_logged.text


def test_what_a_page_repeats_of_the_url_is_masked_and_the_rest_is_kept():
    with FakeServer(echoes) as server, client() as caller:
        made = caller.send(target(server.url), BODY)
    assert made.outcome.reason == "html_reply"
    assert made.raw.startswith("<html>No such page: /robot/send?access_token=ffff…0001&amp;timestamp=")
    assert made.raw.endswith("sign=*** ffff…0001 *** ffff…0001</html>")


def test_what_an_errmsg_repeats_of_the_url_is_masked():
    with FakeServer(echoes_json) as server, client() as caller:
        outcome = caller.send(target(server.url), BODY).outcome
    assert (outcome.reason, outcome.errcode) == ("unknown_code", 999999)
    assert outcome.errmsg.endswith("sign=*** ***")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk"])
def test_no_secret_is_kept_of_a_page_in_another_encoding(encoding):
    def answer(server, connection, request):
        page = f"<html>没有这个页面: {request.target} {TOKEN} {SECRET}</html>"
        connection.sendall(http_reply(page.encode(encoding), headers="Content-Type: text/html"))
        return False

    with FakeServer(answer) as server, client() as caller:
        made = caller.send(target(server.url), BODY)
    assert "robot/send" in made.raw
    for secret in (TOKEN, SECRET):
        assert secret not in made.raw


def test_no_secret_is_kept_of_an_errmsg_that_spells_it_in_escapes():
    errmsg = "".join(f"\\u{ord(letter):04x}" for letter in f"bad {TOKEN} {SECRET}")
    body = f'{{"errcode":999999,"errmsg":"{errmsg}"}}'.encode()
    with FakeServer(replies(http_reply(body))) as server, client() as caller:
        outcome = caller.send(target(server.url), BODY).outcome
    assert outcome.errmsg == "bad ffff…0001 ***"
