"""What goes out."""

import json
import socket
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from dingtalk.client import Client, make_session
from dingtalk.payloads import Text, build
from dingtalk.replies import Kind
from dingtalk.signing import sign
from dingtalk.tests.calling import BODY, SECRET, TOKEN, call, client, now_ms, target
from dingtalk.tests.fake_server import OK, FakeServer, http_reply, replies


def query_of(request):
    return parse_qs(urlsplit(request.target).query)


def test_a_call_posts_the_bytes_as_they_are_to_robot_send():
    """Cases 1, 2 and 4."""
    with FakeServer(replies(OK)) as server:
        outcome = call(server.url).outcome
    assert outcome.kind is Kind.DELIVERED
    [request] = server.requests
    assert (request.method, urlsplit(request.target).path) == ("POST", "/robot/send")
    assert query_of(request)["access_token"] == [TOKEN]
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["content-length"] == str(len(BODY))
    assert request.headers["accept-encoding"] == "identity"
    assert "transfer-encoding" not in request.headers
    assert request.body == BODY


def test_head_and_body_leave_in_one_piece():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        first: list[bytes] = []

        def answer() -> None:
            with listener.accept()[0] as connection:
                first.append(connection.recv(65_536))
                connection.sendall(OK)

        thread = threading.Thread(target=answer)
        thread.start()
        outcome = call(f"http://127.0.0.1:{listener.getsockname()[1]}").outcome
        thread.join()
    assert outcome.kind is Kind.DELIVERED
    assert first[0].startswith(b"POST /robot/send?")
    assert first[0].endswith(b"\r\n\r\n" + BODY)


def test_chinese_and_emoji_arrive_unescaped():
    """Case 3."""
    with FakeServer(replies(OK)) as server:
        call(server.url)
    assert "报警 🚨".encode() in server.requests[0].body
    assert json.loads(server.requests[0].body)["text"]["content"] == "报警 🚨"


def test_a_base_with_a_path_keeps_it():
    with FakeServer(replies(OK)) as server:
        call(f"{server.url}/simulator/")
    assert urlsplit(server.requests[0].target).path == "/simulator/robot/send"


def test_without_a_secret_nothing_is_signed():
    """Case 5."""
    with FakeServer(replies(OK)) as server, client() as caller:
        caller.send(target(server.url, secret=None), BODY)
    assert server.requests[0].target == f"/robot/send?access_token={TOKEN}"


def test_each_call_is_signed_afresh_for_its_own_time(monkeypatch):
    """Cases 15, 17, 18 and 20: the clock is read at the call, 65 minutes later, too."""
    times = iter([1_700_000_000_000, 1_700_003_900_000])
    with FakeServer(replies(OK, keep=True)) as server, client() as caller:
        caller = Client(caller._session, now_ms=lambda: next(times))
        calls = [caller.send(target(server.url), BODY) for _ in range(2)]
    assert [made.started_ms for made in calls] == [1_700_000_000_000, 1_700_003_900_000]
    for request, made in zip(server.requests, calls, strict=True):
        query = query_of(request)
        assert query["timestamp"] == [str(made.started_ms)]
        assert query["sign"] == [sign(timestamp_ms=made.started_ms, secret=SECRET)]
        assert "%25" not in request.target


def test_under_concurrency_each_sign_fits_its_own_timestamp_and_body():
    """Case 21."""
    with FakeServer(replies(OK, keep=True)) as server, client(pool_size=8) as caller:
        bodies = [build(Text(f"message {n}")) for n in range(40)]
        senders = [
            threading.Thread(target=lambda part: [caller.send(target(server.url), body) for body in part], args=(part,))
            for part in (bodies[n::8] for n in range(8))
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert server.connections <= 8
    assert sorted(request.body for request in server.requests) == sorted(bodies)
    for request in server.requests:
        [timestamp], [signature] = query_of(request)["timestamp"], query_of(request)["sign"]
        assert signature == sign(timestamp_ms=int(timestamp), secret=SECRET)


def test_connections_are_kept_and_used_again():
    with FakeServer(replies(OK, keep=True)) as server, client() as caller:
        kinds = [caller.send(target(server.url), BODY).outcome.kind for _ in range(5)]
    assert kinds == [Kind.DELIVERED] * 5
    assert server.connections == 1


def test_a_chunked_reply_keeps_the_connection_too():
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"errc\r\n7\r\node":0}\r\n0\r\n\r\n'
    with FakeServer(replies(chunked, keep=True)) as server, client() as caller:
        kinds = [caller.send(target(server.url), BODY).outcome.kind for _ in range(3)]
    assert kinds == [Kind.DELIVERED] * 3
    assert server.connections == 1


def test_nothing_is_taken_from_the_environment(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password pw\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with FakeServer(replies(OK)) as server:
        assert call(server.url).outcome.kind is Kind.DELIVERED
    assert "authorization" not in server.requests[0].headers


def test_cookies_are_neither_kept_nor_sent():
    reply = http_reply(b'{"errcode":0}', headers="Set-Cookie: a=b; Path=/")
    with FakeServer(replies(reply, keep=True)) as server, client() as caller:
        for _ in range(2):
            caller.send(target(server.url), BODY)
        assert not caller._session.cookies
    assert all("cookie" not in request.headers for request in server.requests)


def test_a_session_has_no_environment_and_its_own_proxies():
    session = make_session(pool_size=2, proxies={"https": "http://127.0.0.1:9"})
    with session:
        assert session.trust_env is False
        assert session.proxies == {"https": "http://127.0.0.1:9"}


@pytest.mark.parametrize("secret", [SECRET, None])
def test_what_is_kept_of_a_call(secret):
    with FakeServer(replies(OK)) as server, client() as caller:
        before = now_ms()
        made = caller.send(target(server.url, secret=secret), BODY)
    assert before <= made.started_ms <= now_ms()
    assert made.duration_ms >= 0
    assert made.raw == '{"errcode":0,"errmsg":"ok"}'
    signed = f"&timestamp={made.started_ms}&sign=***" if secret else ""
    assert made.masked_url == f"{server.url}/robot/send?access_token=ffff…0001{signed}"
