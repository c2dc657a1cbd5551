"""Replies that are late, endless, broken or of another kind, over a real socket."""

import gzip

import pytest

from dingtalk.client import Limits
from dingtalk.replies import Kind, RobotAction
from dingtalk.tests.calling import BODY, QUICK_READ, SHORT, call, client, target
from dingtalk.tests.fake_server import OK, FakeServer, drips, hangs_up, http_reply, replies, stalls

HTML = b"<html><body>Bad gateway</body></html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("reply", "kind", "reason"),
    [
        pytest.param(
            http_reply(b'{"errcode":310000,"errmsg":"sign not match"}'), "refused_robot", "sign_mismatch", id="refused"
        ),
        pytest.param(http_reply(HTML), "uncertain", "html_reply", id="case 7: HTML"),
        pytest.param(http_reply(b""), "uncertain", "empty_reply", id="case 8: empty"),
        pytest.param(http_reply(b'{"errcode":0,"er'), "uncertain", "broken_reply", id="case 8: truncated JSON"),
        pytest.param(http_reply(b'{"errmsg":"ok"}'), "uncertain", "no_errcode", id="case 11: no errcode"),
        pytest.param(http_reply(HTML, status="502 Bad Gateway"), "transient", "server_error", id="cases 8, 56: 502"),
        pytest.param(http_reply(b"", status="500 Oops"), "transient", "server_error", id="cases 8, 56: 500"),
        pytest.param(
            HEAD + b"Content-Length: 99\r\n\r\n" + b'{"errcode":0}', "uncertain", "broken_reply", id="case 8: cut off"
        ),
        pytest.param(
            HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"err', "uncertain", "broken_reply", id="a cut chunk"
        ),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", "uncertain", "broken_reply", id="no chunk length"
        ),
        pytest.param(HEAD + b"Content-Length: 1, 2\r\n\r\n{}", "uncertain", "broken_reply", id="two lengths"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "uncertain", "broken_reply", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", "uncertain", None, id="half of a head"),
        pytest.param(
            b"HTTP/1.1 503 Busy\r\nContent-Length: 99\r\n\r\nnow",
            "transient",
            "server_error",
            id="a 503 that breaks off",
        ),
        pytest.param(
            HEAD + b"Connection: close\r\n\r\n" + b'{"errcode":0}', "delivered", "delivered", id="until the close"
        ),
    ],
)
def test_each_reply_has_its_outcome(reply, kind, reason):
    with FakeServer(replies(reply)) as server:
        outcome = call(server.url).outcome
    assert outcome.kind == kind
    assert reason in {outcome.reason, None}
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed():
    """Case 6."""
    reply = http_reply(HTML, status="302 Found", headers="Location: /elsewhere")
    with FakeServer(replies(reply, keep=True)) as server:
        outcome = call(server.url).outcome
    assert (outcome.kind, outcome.reason, outcome.http_status) == (Kind.TRANSIENT, "redirected", 302)
    assert outcome.action is RobotAction.SILENCE
    assert [request.target.partition("?")[0] for request in server.requests] == ["/robot/send"]


def test_the_request_was_read_and_the_connection_dropped():
    """Case 54: perhaps it was taken."""
    with FakeServer(hangs_up) as server:
        made = call(server.url)
    assert (made.outcome.kind, made.outcome.reason) == (Kind.UNCERTAIN, "reset_after_send")
    assert made.raw == ""
    assert len(server.requests) == 1


def test_the_connection_was_dropped_before_the_request_was_read():
    """The request went out, so that nobody on our side can tell this from the one above."""
    with FakeServer(hangs_up, before=lambda server, connection: False) as server:
        outcome = call(server.url).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "reset_after_send")


def test_no_reply_within_the_read_time():
    """Case 9."""
    with FakeServer(stalls) as server:
        outcome = call(server.url, limits=QUICK_READ).outcome
    assert (outcome.kind, outcome.reason, outcome.http_status) == (Kind.UNCERTAIN, "read_timeout", None)


def test_a_reply_that_stalls_half_way_keeps_what_was_read():
    with FakeServer(drips(HEAD + b'Content-Length: 99\r\n\r\n{"errcode":0', b"", every=30)) as server:
        made = call(server.url, limits=QUICK_READ)
    assert (made.outcome.kind, made.outcome.reason, made.outcome.http_status) == (Kind.UNCERTAIN, "read_timeout", 200)
    assert made.raw == '{"errcode":0'


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        pytest.param(b"", b"H", id="the status line"),
        pytest.param(HEAD + b"X-Long: ", b"x", id="a header"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="interim replies"),
        pytest.param(HEAD + b"Content-Length: 999999\r\n\r\n", b" ", id="the body"),
        pytest.param(HEAD + b"Connection: close\r\n\r\n", b" ", id="a body without length"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", id="chunks"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0", id="a chunk length"),
        pytest.param(
            b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 999999\r\n\r\n", b" ", id="a redirect's body"
        ),
    ],
)
def test_a_server_that_drips_is_left_at_the_total_time(start, drop):
    """Case 9: every byte comes long before the read time-out, and yet the call ends."""
    with FakeServer(drips(start, drop, every=0.02)) as server:
        outcome = call(server.url, limits=SHORT).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "too_slow")


@pytest.mark.parametrize("framing", ["Content-Length: 10000000", "Connection: close"])
def test_a_reply_of_ten_megabytes_is_read_up_to_the_limit_and_left(framing):
    """Case 12."""
    reply = HEAD + framing.encode() + b"\r\n\r\n" + b'{"errcode":0,"errmsg":"' + b"x" * 10_000_000
    with FakeServer(replies(reply, keep=True)) as server, client() as caller:
        made = caller.send(target(server.url), BODY)
        assert (made.outcome.kind, made.outcome.reason) == (Kind.UNCERTAIN, "huge_reply")
        assert len(made.raw) == 2_000
        caller.send(target(server.url), BODY)
    assert server.connections == 2, "a connection with unread bytes is never used again"


def test_a_reply_of_exactly_the_limit_is_read_whole():
    body = b'{"errcode":0}'.ljust(100)
    with FakeServer(replies(http_reply(body))) as server:
        assert call(server.url, limits=Limits(reply_bytes=100)).outcome.reason == "delivered"
    with FakeServer(replies(http_reply(body))) as server:
        assert call(server.url, limits=Limits(reply_bytes=99)).outcome.reason == "huge_reply"


def test_a_compressed_reply_that_was_not_asked_for_is_not_unfolded():
    bomb = gzip.compress(b'{"errcode":0}' + b" " * 50_000_000)
    with FakeServer(replies(http_reply(bomb, headers="Content-Encoding: gzip"))) as server:
        outcome = call(server.url).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "broken_reply")


def test_a_connection_that_the_server_closed_meanwhile_is_replaced():
    with FakeServer(replies(OK)) as server, client() as caller:
        first = caller.send(target(server.url), BODY)
        server.wait_until_closed()
        second = caller.send(target(server.url), BODY)
    assert [first.outcome.kind, second.outcome.kind] == [Kind.DELIVERED] * 2
    assert server.connections == 2


def test_after_a_failure_the_client_goes_on():
    with FakeServer(replies(OK)) as good, FakeServer(hangs_up) as bad, client() as caller:
        outcomes = [caller.send(target(server.url), BODY).outcome.kind for server in (bad, good, bad)]
    assert outcomes == [Kind.UNCERTAIN, Kind.DELIVERED, Kind.UNCERTAIN]
