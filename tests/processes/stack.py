"""The real stack for tests: `manage.py up` in a home of its own, with the commands that drive it.

On PostgreSQL the stack gets a database of its own beside the test database; Redis is the embedded one, so that
killing and flushing it concerns nobody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg
import redis
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@dataclass
class Stack:
    home: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()
        wait_for(lambda: self._said("Address: "), seconds=60, what="the printed address", log=self.lines)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
        if self.reader:
            self.reader.join(timeout=10)

    def manage(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=timeout)

    def shell(self, code: str) -> str:
        """Run Python in the stack's Django; returns what it printed."""
        done = self.manage("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def report(self, run: int) -> dict[str, Any]:
        done = self.manage("report", str(run), "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def pids(self, part: str) -> list[int]:
        """Processes of the stack whose command line holds `part`."""
        found = []
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                pid = int(process.name)
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                home = (process / "environ").read_bytes()
                if part in words and str(self.home).encode() in home:
                    found.append(pid)
        return found

    def kill(self, part: str) -> list[int]:
        """SIGKILL to all of them; returns which there were."""
        pids = self.pids(part)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pids

    def flush_redis(self) -> None:
        url = self.shell("from django.conf import settings; print(settings.REDIS_URL)")
        with redis.Redis.from_url(url) as connection:
            connection.flushall()

    def _said(self, start: str) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "\n".join(self.lines)
        return any(line.startswith(start) for line in self.lines)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.append(line.rstrip("\n"))


def wait_for(condition: Callable[[], object], *, seconds: float, what: str, log: list[str] | None = None) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds} s\n" + "\n".join((log or [])[-40:]))
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def fresh_stack(**variables: str) -> Iterator[Stack]:
    """A stack that is not started yet; whatever is left of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="dingadmin-stack-") as home, _database() as database_url:
        kept = {name: value for name, value in os.environ.items() if not re.match("DINGADMIN_|DINGTALK_|REDIS_", name)}
        environment = kept | {"DINGADMIN_HOME": home, "DJANGO_SETTINGS_MODULE": "dingadmin.settings"} | variables
        environment.pop("DATABASE_URL", None)
        if database_url:
            environment["DATABASE_URL"] = database_url
        stack = Stack(home=Path(home), port=free_port(), environment=environment)
        try:
            yield stack
        finally:
            stack.stop()


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """A new PostgreSQL database where the tests run on PostgreSQL; "" for the stack's own SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"stack_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        try:
            yield re.sub(r"(?<=[^/])/[^/?]+(\?|$)", rf"/{name}\1", server, count=1)
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
