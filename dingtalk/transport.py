"""The session under the client: one TLS context, no redirects, no retries, and connections that keep to a deadline.

Time-outs of sockets count from the last byte, so a server that sends one byte a second never meets them. The deadline
of the current call is therefore looked at before every read from the socket, headers included.
"""

import http.client
import io
import logging
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from socket import socket
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError
from urllib3.util import Timeout


@dataclass(slots=True)
class CallState:
    """What the transport must know and tells about the call of this thread."""

    deadline: float  # of time.monotonic()
    sent: bool | None = None  # whether any byte of the request went out; None: this transport was not used


_current: ContextVar[CallState | None] = ContextVar("dingtalk_call", default=None)


@contextmanager
def call_until(deadline: float) -> Iterator[CallState]:
    state = CallState(deadline)
    token = _current.set(state)
    try:
        yield state
    finally:
        _current.reset(token)


class _TimedReader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket, deadline: float) -> None:
        super().__init__()
        self._raw, self._sock, self._deadline = raw, sock, deadline
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the call took too long")
        if self._timeout is None or left < self._timeout:
            self._timeout = left
            self._sock.settimeout(left)
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        if state := _current.get():
            self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, state.deadline))


class _TrackedConnection(http.client.HTTPConnection):
    """Knows whether the request went out: what failed before that was certainly not received."""

    response_class = _TimedResponse
    _connecting = False
    _gathered: list[bytes] | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Head and body leave in one piece: one system call, and mostly one packet, in place of two."""
        gathered: list[bytes] = []
        self._gathered = gathered
        try:
            super().request(*args, **kwargs)
        finally:
            self._gathered = None
        self.send(b"".join(gathered))

    def connect(self) -> None:
        if state := _current.get():
            state.sent = False
        self._connecting = True  # a proxy's CONNECT goes through send(), too, and is not yet the request
        try:
            super().connect()
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        if self._gathered is not None:
            self._gathered.append(data)
            return
        if self.sock is None:
            self.connect()
        state = _current.get()
        if state and not self._connecting and not state.sent:
            if monotonic() >= state.deadline:
                raise ConnectTimeoutError("connecting left no time to send")
            state.sent = True
        super().send(data)


class _PlainConnection(_TrackedConnection, HTTPConnection):
    pass


class _TlsConnection(_TrackedConnection, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def __init__(self, *, pool_size: int, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._pools: dict[str, HTTPConnectionPool] = {}
        super().__init__(pool_connections=4, pool_maxsize=pool_size, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
        return manager

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, *, proxies: Mapping[str, str] | None = None, **options: Any
    ) -> requests.Response:
        """Without a proxy straight to the pool: what requests looks up about a URL for each call is always the same."""
        if proxies:
            return super().send(request, proxies=proxies, **options)
        base, path = _split(request.url or "")
        pool = self._pools.get(base) or self._pools.setdefault(base, self.poolmanager.connection_from_url(base))
        connect, read = options["timeout"]
        raw = pool.urlopen(
            request.method or "",
            path,
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=Timeout(connect=connect, read=read),
            preload_content=False,
            decode_content=False,
        )
        response = requests.Response()
        response.status_code, response.headers, response.raw = raw.status, CaseInsensitiveDict(raw.headers), raw
        return response

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Always verify, with the shared context: requests' own way reads the bundle again for every connection."""
        conn.cert_reqs = "CERT_REQUIRED"


def _split(url: str) -> tuple[str, str]:
    """The address of a URL, and the rest of it from the first slash on."""
    end = url.find("/", url.find("://") + 3)
    return (url[:end], url[end:]) if end > 0 else (url, "/")


def make_session(
    *, pool_size: int, proxies: Mapping[str, str] | None = None, ca_file: str | None = None
) -> requests.Session:
    """A session for Client. Nothing is taken from the environment; the CAs of ca_file are trusted besides the usual."""
    tls = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    if ca_file:
        tls.load_verify_locations(cafile=ca_file)
    session = requests.Session()
    session.trust_env = False
    session.proxies = dict(proxies or {})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for prefix in ("https://", "http://"):
        session.mount(prefix, _Adapter(pool_size=pool_size, tls=tls))
    _mute_urls()
    return session


class _UrlFilter(logging.Filter):
    """urllib3 writes whole URLs into its log, and so the token and the signature."""

    _QUERY = re.compile(r"\b(access_token|sign)=[^&\s\"'<>]+")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._QUERY.sub(r"\1=***", record.getMessage())
        record.args = None
        return True


_URL_FILTER = _UrlFilter()


def _mute_urls() -> None:
    for name in ("connection", "connectionpool", "response", "util.retry"):
        logging.getLogger(f"urllib3.{name}").addFilter(_URL_FILTER)
