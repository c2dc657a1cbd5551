"""The real stack for tests: `manage.py up` in a home of its own, watched and driven from outside.

On PostgreSQL `fresh_stack` gives it a database of its own beside the test database; Redis is the embedded one, so that
killing and flushing it concerns nobody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests
from django.conf import settings

from tests.throw_away_servers import free_port
from tests.waiting import wait_for

ROOT = Path(settings.BASE_DIR)
OURS = ("DINGADMIN_", "DINGTALK_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
START_SECONDS = 60.0


@dataclass
class Stack:
    """Everything that it printed is kept in `lines`. Linux only: its processes are found in /proc."""

    home: Path
    port: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def process(self) -> subprocess.Popen[str]:
        """The one of `up` itself."""
        assert self._process is not None, "it was not launched"
        return self._process

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return kept | {"DINGADMIN_HOME": str(self.home)} | self.variables

    # --- start and end ---

    def launch(self) -> Stack:
        """Without waiting for what becomes of it."""
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        return self

    def start(self) -> Stack:
        """Until it has printed its address."""
        self.launch()
        wait_for(self._is_up, seconds=START_SECONDS, what="the printed address", log=self.lines)
        return self

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        status = self.process.wait(timeout=60)
        self._finish_reading()
        return status

    def remove_traces(self) -> None:
        """In order where that works; what is left of it is killed."""
        if self._process is None:
            return
        try:
            if self._process.poll() is None:
                self.end()
        finally:
            for process in self.processes():
                _kill(process)
            self._process.wait(timeout=10)
            self._finish_reading()

    # --- what it says ---

    def value_of(self, name: str) -> str | None:
        """What stands behind `name: ` at the start of a line."""
        found = [line.removeprefix(f"{name}: ") for line in self.lines if line.startswith(f"{name}: ")]
        assert len(found) <= 1, f"{name} was printed {len(found)} times"
        return found[0] if found else None

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/accounts/login/", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    # --- its commands ---

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

    # --- its processes ---

    def processes(self) -> dict[int, str]:
        """Everything that runs on this home, by process id, with its command line."""
        mark = f"DINGADMIN_HOME={self.home}".encode()
        found = {}
        for directory in Path("/proc").iterdir():
            if not directory.name.isdigit():
                continue
            try:
                marked = mark in (directory / "environ").read_bytes().split(b"\0")
                command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if marked and command:  # a zombie has no command line any more
                found[int(directory.name)] = command
        return found

    def pids(self, part: str) -> list[int]:
        """Those whose command line holds `part`."""
        return [process for process, command in self.processes().items() if part in command]

    def child(self, part: str) -> int | None:
        """The process id of the child of `up` that has `part` in its command line; None when it has just died."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next((process for process in self.pids(part) if str(process) in own), None)

    def kill(self, part: str) -> list[int]:
        """SIGKILL to all of them; returns which there were."""
        pids = self.pids(part)
        for pid in pids:
            _kill(pid)
        return pids

    def flush_redis(self) -> None:
        url = self.shell("from django.conf import settings; print(settings.REDIS_URL)")
        with redis.Redis.from_url(url) as connection:
            connection.flushall()

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.text
        return self.value_of("Address") is not None

    def _finish_reading(self) -> None:
        if self._reader:
            self._reader.join(timeout=10)

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            self.lines.extend(line.rstrip("\n") for line in lines)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def fresh_stack(**variables: str) -> Iterator[Stack]:
    """A stack that is not started yet; whatever is left of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="dingadmin-stack-") as home, _database() as database_url:
        stack = Stack(Path(home), variables=variables | ({"DATABASE_URL": database_url} if database_url else {}))
        try:
            yield stack
        finally:
            stack.remove_traces()


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """A new PostgreSQL database where the tests run on PostgreSQL; "" for the stack's own SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"stack_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield re.sub(r"(?<=[^/])/[^/?]+(\?|$)", rf"/{name}\1", server, count=1)
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
