"""Breaking the TCP connection under the web server, which no WSGI application is meant to do.

Works under gunicorn's threads and under Django's own server: after the socket is shut down, both take the failed write
of the ordinary response for a client that went away, and say nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping


class NoSocketError(RuntimeError):
    """The web server does not let its socket be found."""


def drop(environ: Mapping[str, object]) -> None:
    """Close the connection: the caller reads an end of file instead of an answer."""
    socket_of(environ).shutdown(socket.SHUT_RDWR)


def answer_raw(environ: Mapping[str, object], raw: bytes) -> None:
    """Send these bytes as they are, status line and all, and close the connection."""
    connection = socket_of(environ)
    connection.sendall(raw)
    connection.shutdown(socket.SHUT_RDWR)


def socket_of(environ: Mapping[str, object]) -> socket.socket:
    given = environ.get("gunicorn.socket")
    if isinstance(given, socket.socket):
        return given
    # Django's own server: LimitedStream keeps the bound method of the buffered reader over the socket's file.
    reader = getattr(getattr(environ.get("wsgi.input"), "_read", None), "__self__", None)
    found = getattr(getattr(reader, "raw", None), "_sock", None)
    if isinstance(found, socket.socket):
        return found
    raise NoSocketError
