"""Failures before anything was sent: no message can have arrived, so that a retry is safe."""

import contextlib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dingtalk.client import Client, Limits
from dingtalk.replies import Kind
from dingtalk.tests.calling import BODY, QUICK_READ, SHORT, call, client, now_ms, target
from dingtalk.tests.fake_server import OK, FakeServer, drips, hangs_up, http_reply, relays_tunnels, replies, stalls


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def certificate(folder, host):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake DingTalk")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def server_tls(folder, host="127.0.0.1"):
    cert_file, key_file = certificate(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert_file, key_file)
    return context, str(cert_file)


def test_a_port_where_nobody_listens(free_port):
    outcome = call(f"http://127.0.0.1:{free_port}").outcome
    assert (outcome.kind, outcome.reason, outcome.retry) == (Kind.UNREACHABLE, "connect_refused", True)


def test_a_host_that_has_no_address():
    outcome = call("https://dingtalk.invalid").outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "dns_failed")


@pytest.mark.parametrize("base", ["", "nonsense", "ftp://127.0.0.1", "http://", "http://[::1", "http://127.0.0.1:port"])
def test_a_base_that_is_no_address_is_told_and_not_tried_again(base):
    outcome = call(base).outcome
    assert (outcome.kind, outcome.reason, outcome.retry) == (Kind.UNREACHABLE, "address_invalid", False)


def test_when_connecting_took_all_the_time_nothing_is_sent():
    with FakeServer(replies(OK)) as server:
        outcome = call(server.url, limits=Limits(total_seconds=0.0)).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "connect_timeout")
    assert server.requests == []


def test_a_self_signed_certificate_is_refused(tmp_path):
    """Case 13."""
    context, _ = server_tls(tmp_path)
    with FakeServer(replies(OK), tls=context) as server:
        outcome = call(server.url).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "tls_failed")
    assert server.requests == []


def test_a_certificate_of_a_configured_authority_is_accepted(tmp_path):
    """Case 13."""
    context, ca_file = server_tls(tmp_path)
    with FakeServer(replies(OK, keep=True), tls=context) as server, client(ca_file=ca_file) as caller:
        kinds = [caller.send(target(server.url), BODY).outcome.kind for _ in range(3)]
    assert kinds == [Kind.DELIVERED] * 3
    assert server.connections == 1


def test_a_certificate_of_another_host_is_refused(tmp_path):
    """Case 13."""
    context, ca_file = server_tls(tmp_path, host="127.0.0.2")
    with FakeServer(replies(OK), tls=context) as server:
        outcome = call(server.url, ca_file=ca_file).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "tls_failed")


def test_connections_share_one_tls_context_and_load_no_certificates_again(tmp_path, monkeypatch):
    context, ca_file = server_tls(tmp_path)
    with FakeServer(replies(OK), tls=context) as server, client(ca_file=ca_file) as caller:
        loaded = []
        monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda self, *args, **kwargs: loaded.append(args))
        for _ in range(2):
            assert caller.send(target(server.url), BODY).outcome.kind is Kind.DELIVERED
            server.wait_until_closed()
    assert server.connections == 2
    assert loaded == []


def test_tls_to_a_server_without_it():
    plain = FakeServer(hangs_up, before=lambda server, connection: bool(connection.sendall(b"HTTP/1.0 400 No\r\n\r\n")))
    with plain as server:
        outcome = call(server.url.replace("http:", "https:")).outcome
    assert outcome.kind is Kind.UNREACHABLE


def test_a_handshake_that_nobody_answers():
    with FakeServer(hangs_up, before=lambda server, connection: server.stopped.wait(30)) as server:
        limits = Limits(connect_seconds=0.2)
        outcome = call(server.url.replace("http:", "https:"), limits=limits).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "connect_timeout")


def test_a_reset_during_the_handshake_is_no_reset_after_sending():
    with FakeServer(hangs_up, before=lambda server, connection: False) as server:
        outcome = call(server.url.replace("http:", "https:")).outcome
    assert outcome.kind is Kind.UNREACHABLE


def test_over_tls_too_a_drop_after_the_request_is_uncertain(tmp_path):
    context, ca_file = server_tls(tmp_path)
    with FakeServer(hangs_up, tls=context) as server:
        outcome = call(server.url, ca_file=ca_file).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "reset_after_send")
    assert len(server.requests) == 1


def test_over_tls_too_a_dripping_reply_ends(tmp_path):
    context, ca_file = server_tls(tmp_path)
    with FakeServer(drips(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", every=0.02), tls=context) as server:
        outcome = call(server.url, ca_file=ca_file, limits=SHORT).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNCERTAIN, "too_slow")


def test_a_proxy_that_is_not_there(free_port):
    proxies = {"https": f"http://127.0.0.1:{free_port}"}
    outcome = call("https://oapi.dingtalk.com", proxies=proxies).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "proxy_failed")


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
def test_a_proxy_that_refuses_the_tunnel(status):
    with FakeServer(replies(http_reply(b"", status=status))) as proxy:
        outcome = call("https://oapi.dingtalk.com", proxies={"https": proxy.url}).outcome
    assert (outcome.kind, outcome.reason) == (Kind.UNREACHABLE, "proxy_failed")
    assert [request.method for request in proxy.requests] == ["CONNECT"]


def test_a_plain_proxy_gets_the_whole_address():
    with FakeServer(replies(OK)) as proxy:
        outcome = call("http://double.example", proxies={"http": proxy.url}).outcome
    assert outcome.kind is Kind.DELIVERED
    assert proxy.requests[0].target.startswith("http://double.example/robot/send?access_token=")


def test_a_tunnel_through_a_proxy_delivers(tmp_path):
    context, ca_file = server_tls(tmp_path)
    with FakeServer(replies(OK), tls=context) as server, FakeServer(relays_tunnels) as proxy:
        outcome = call(server.url, ca_file=ca_file, proxies={"https": proxy.url}).outcome
    assert outcome.kind is Kind.DELIVERED
    assert [request.method for request in proxy.requests] == ["CONNECT"]


def test_a_drop_behind_the_tunnel_is_uncertain_only_after_the_request(tmp_path):
    context, ca_file = server_tls(tmp_path)
    with FakeServer(hangs_up, tls=context) as server, FakeServer(relays_tunnels) as proxy:
        after = call(server.url, ca_file=ca_file, proxies={"https": proxy.url}).outcome
        untrusted = call(server.url, proxies={"https": proxy.url}).outcome
    assert (after.kind, after.reason) == (Kind.UNCERTAIN, "reset_after_send")
    assert (untrusted.kind, untrusted.reason) == (Kind.UNREACHABLE, "tls_failed")


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (hangs_up, "uncertain", "reset_after_send"),
        (stalls, "uncertain", "read_timeout"),
        (replies(OK), "delivered", "delivered"),
    ],
)
def test_with_a_plain_session_the_types_of_the_errors_decide(answer, kind, reason):
    """Whoever injects a session of their own loses the deadline inside headers, and no safety."""
    with FakeServer(answer) as server, contextlib.closing(requests.Session()) as session:
        outcome = Client(session, limits=QUICK_READ, now_ms=now_ms).send(target(server.url), BODY).outcome
    assert (outcome.kind, outcome.reason) == (kind, reason)


def test_with_a_plain_session_too_a_refused_connection_is_unreachable(free_port):
    with contextlib.closing(requests.Session()) as session:
        caller = Client(session, now_ms=now_ms)
        refused = caller.send(target(f"http://127.0.0.1:{free_port}"), BODY).outcome
        nowhere = caller.send(target("http://dingtalk.invalid"), BODY).outcome
    assert (refused.kind, refused.reason) == (Kind.UNREACHABLE, "connect_refused")
    assert (nowhere.kind, nowhere.reason) == (Kind.UNREACHABLE, "dns_failed")


def test_an_error_that_the_caller_is_handling_does_not_change_the_outcome(free_port):
    with FakeServer(hangs_up) as server:
        try:
            raise ConnectionRefusedError
        except ConnectionRefusedError:
            outcome = call(server.url).outcome
    assert outcome.kind is Kind.UNCERTAIN
