"""A bare endpoint for measuring senders: answers errcode 0 after a fixed delay, and does nothing else.

python bench/endpoint.py PORT DELAY_MS [--tls CERTIFICATE_AND_KEY.pem] [--tell]

Port 0 takes a free one. It prints `ready PORT` when it listens, and with --tell the time of each call as it comes.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import time

REPLY = b'{"errcode":0,"errmsg":"ok"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(REPLY), REPLY)


class Endpoint(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, just enough of it: head, Content-Length, body, answer."""

    def __init__(self, delay: float, *, tells: bool = False) -> None:
        self.delay = delay
        self.tells = tells
        self.buffer = bytearray()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = _content_length(bytes(self.buffer[:end]))
            if len(self.buffer) < end + 4 + length:
                return
            del self.buffer[: end + 4 + length]
            if self.tells:
                print(f"{time.time():.6f}", flush=True)
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.answer)
            else:
                self.answer()

    def answer(self) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(ANSWER)


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    return 0


async def serve(port: int, delay: float, *, tls: str | None = None, tells: bool = False) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: Endpoint(delay, tells=tells),
        "127.0.0.1",
        port,
        backlog=1024,
        ssl=_tls_context(tls) if tls else None,
    )
    print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def _tls_context(pem: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("port", type=int)
    options.add_argument("delay_ms", type=float)
    options.add_argument("--tls", metavar="PEM")
    options.add_argument("--tell", action="store_true")
    asked = options.parse_args()
    asyncio.run(serve(asked.port, asked.delay_ms / 1000, tls=asked.tls, tells=asked.tell))


if __name__ == "__main__":
    main()
