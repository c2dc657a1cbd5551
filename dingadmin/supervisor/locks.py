"""What must be ours before anything is touched: the home, by a file lock, and the port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from dingadmin.home import Home
from dingadmin.supervisor.errors import StartRefusedError


@contextmanager
def hold_home(home: Home) -> Iterator[None]:
    """Hold the home for as long as the context lasts. The kernel gives the lock back however the process ends."""
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise StartRefusedError(
            _(
                "DingAdmin already runs on %(home)s (process %(process)s). Stop that one first, or give this one "
                "a home of its own with DINGADMIN_HOME."
            )
            % {"home": home.path, "process": holder or "?"}
        ) from None
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(descriptor)


def check_port(host: str, port: int) -> None:
    """Refuse an address that the web server could not listen on."""
    family, kind, protocol, _name, address = _resolve(host, port)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise StartRefusedError(_refusal(host, port, error)) from None


def _resolve(host: str, port: int) -> tuple[int, int, int, str, tuple[object, ...]]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror:
        raise StartRefusedError(_("DINGADMIN_BIND is no address of this machine: %(host)s.") % {"host": host}) from None


def _refusal(host: str, port: int, error: OSError) -> str:
    values = {"host": host, "port": port}
    if error.errno == errno.EADDRINUSE:
        text = _("Port %(port)s is taken by another program: start with --port and another number.")
    elif error.errno == errno.EACCES:
        text = _("Port %(port)s may only be opened by root: start with --port and a number above 1023.")
    else:
        text = _("The address %(host)s cannot be listened on: set DINGADMIN_BIND to an address of this machine.")
    return text % values
