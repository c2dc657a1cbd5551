"""What the harness does to the network is what it says: seen by the product's own client and by an endpoint."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dingtalk.client import Client, Limits, Target, make_session
from dingtalk.replies import ReasonKey
from dingtalk.secrets import Secret
from tests.faults import network as network_module
from tests.faults.network import Network, Trouble

REPLY = b'{"errcode":0,"errmsg":"ok"}'
RESET, LATE = ReasonKey.RESET_AFTER_SEND, ReasonKey.READ_TIMEOUT


class Endpoint(BaseHTTPRequestHandler):
    got: list[str] = []
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(json.loads(body)["msgUuid"])
        self.send_response(200)
        self.send_header("Content-Length", str(len(REPLY)))
        self.end_headers()
        self.wfile.write(REPLY)

    def log_message(self, *_words: object) -> None:
        return


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    monkeypatch.setattr(network_module, "STALL_SECONDS", 2.0)
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Network(server.server_port, random.Random(1)).running() as network:
            yield network
        server.shutdown()


@pytest.fixture
def client() -> Iterator[Client]:
    limits = Limits(connect_seconds=1.0, read_seconds=0.5, total_seconds=5.0)
    with make_session(pool_size=1) as session:
        yield Client(session, limits=limits, now_ms=lambda: time.time_ns() // 1_000_000)


def send(client: Client, network: Network) -> tuple[str, str]:
    """The reason that the client sees, and the msgUuid of the call."""
    msg_uuid = str(uuid.uuid4())
    target = Target(base_url=f"http://127.0.0.1:{network.port}", token=Secret("not-a-token"), secret=None)
    call = client.send(target, json.dumps({"msgUuid": msg_uuid}).encode())
    return call.outcome.reason, msg_uuid


def test_a_network_without_trouble_passes_everything_on(client: Client, network: Network) -> None:
    calls = [send(client, network) for _ in range(3)]

    assert [reason for reason, _msg_uuid in calls] == ["delivered"] * 3
    assert {msg_uuid for _reason, msg_uuid in calls} <= set(Endpoint.got)
    assert not network.broken


@pytest.mark.parametrize(
    ("trouble", "reason", "arrived"),
    [
        pytest.param(Trouble.DROP_BEFORE, RESET, False, id="dropped before"),
        pytest.param(Trouble.RESET_BEFORE, RESET, False, id="reset before"),
        pytest.param(Trouble.HOLE, LATE, False, id="swallowed"),
        pytest.param(Trouble.DROP_AFTER, RESET, True, id="dropped after"),
        pytest.param(Trouble.RESET_AFTER, RESET, True, id="reset after"),
        pytest.param(Trouble.STALL, LATE, True, id="stalled"),
    ],
)
def test_a_trouble_is_what_its_name_says(
    client: Client, network: Network, trouble: Trouble, reason: ReasonKey, arrived: bool
) -> None:
    network.have(trouble)
    seen, msg_uuid = send(client, network)
    network.have(None)

    assert (seen, msg_uuid in Endpoint.got) == (reason.value, arrived)
    assert network.broken[msg_uuid] == 1
    assert send(client, network)[0] == "delivered"


def test_a_network_that_refuses_is_unreachable_until_it_listens_again(client: Client, network: Network) -> None:
    network.refuse()
    seen, msg_uuid = send(client, network)
    network.listen()

    assert (seen, msg_uuid in Endpoint.got) == (ReasonKey.CONNECT_REFUSED.value, False)
    assert send(client, network)[0] == "delivered"
