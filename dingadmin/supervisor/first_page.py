"""Whether the web server answers already, asked the way a browser would."""

from __future__ import annotations

import http.client
from typing import Final

TIMEOUT_SECONDS: Final = 5.0
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def reachable_host(bound: str) -> str:
    """The host to call for a server that listens there."""
    return EVERYWHERE.get(bound, bound)


def answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
