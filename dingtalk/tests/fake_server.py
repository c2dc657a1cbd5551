"""A server of raw sockets that misbehaves as it is told, one thread per connection."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def http_reply(body: bytes, *, status: str = "200 OK", headers: str = "Content-Type: application/json") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


OK = http_reply(b'{"errcode":0,"errmsg":"ok"}')


class FakeServer:
    """`answer` gets each request with its connection and says whether the connection lives on.

    `stopped` is set when the test ends: what drips or stalls waits on it instead of sleeping.
    """

    def __init__(
        self,
        answer: Callable[["FakeServer", socket.socket, Request], bool],
        *,
        tls: ssl.SSLContext | None = None,
        before: Callable[["FakeServer", socket.socket], bool] | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._answer, self._tls, self._before = answer, tls, before
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def wait_until_closed(self) -> None:
        """Until every connection so far was closed from this side."""
        for thread in self._threads[1:]:
            thread.join(timeout=10)

    def __enter__(self) -> "FakeServer":
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._wrapped(connection) as stream:
            if self._before and not self._before(self, stream):
                return
            while (request := _read_request(stream)) is not None:
                self.requests.append(request)
                if not self._answer(self, stream, request):
                    return

    @contextlib.contextmanager
    def _wrapped(self, connection: socket.socket) -> Iterator[socket.socket]:
        with contextlib.closing(connection):
            stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with contextlib.closing(stream):
                self._open.add(stream)
                try:
                    yield stream
                finally:
                    self._open.discard(stream)


def replies(data: bytes, *, keep: bool = False) -> Callable[[FakeServer, socket.socket, Request], bool]:
    def answer(server: FakeServer, connection: socket.socket, request: Request) -> bool:
        connection.sendall(data)
        return keep

    return answer


def drips(start: bytes, drop: bytes, *, every: float) -> Callable[[FakeServer, socket.socket, Request], bool]:
    """Sends `start` at once and then `drop` again and again, for far longer than any test may wait."""

    def answer(server: FakeServer, connection: socket.socket, request: Request) -> bool:
        connection.sendall(start)
        for _ in range(1_000):
            if server.stopped.wait(every):
                break
            connection.sendall(drop)
        return False

    return answer


def stalls(server: FakeServer, connection: socket.socket, request: Request) -> bool:
    server.stopped.wait(30)
    return False


def hangs_up(server: FakeServer, connection: socket.socket, request: Request) -> bool:
    return False


def relays_tunnels(server: FakeServer, connection: socket.socket, request: Request) -> bool:
    """A proxy's CONNECT."""
    host, _, port = request.target.rpartition(":")
    with socket.create_connection((host, int(port))) as onward:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        ways = [threading.Thread(target=_pipe, args=ends) for ends in ((connection, onward), (onward, connection))]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
    return False


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _read_request(connection: socket.socket) -> Request | None:
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65_536)
        if not data:
            return None
        head += data
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        data = connection.recv(65_536)
        if not data:
            return None
        body += data
    return Request(method=method, target=target, headers=headers, body=body)
