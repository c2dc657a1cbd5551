"""A WSGI application that breaks its own connections, for a gunicorn of the tests' own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from simulator.connection import answer_raw, drop

RAW = b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 3\r\nConnection: close\r\n\r\nraw"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    match environ["PATH_INFO"]:
        case "/drop":
            drop(environ)
        case "/raw":
            answer_raw(environ, RAW)
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
