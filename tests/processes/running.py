"""A real `manage.py up` in a home of its own, watched from outside as a person or a service manager would."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = ("DINGADMIN_", "DINGTALK_", "DATABASE_URL", "REDIS_URL", "DJANGO_")


class Up:
    """Everything that it printed is kept in `lines`. Linux only: left-overs are found in /proc."""

    def __init__(self, home: Path, *, port: int | None = None) -> None:
        self.home = home
        self.port = port or free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port)],
            cwd=REPOSITORY,
            env={**environment, "DINGADMIN_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def value_of(self, name: str) -> str | None:
        """What stands behind `name: ` at the start of a line."""
        found = [line.removeprefix(f"{name}: ") for line in self.lines if line.startswith(f"{name}: ")]
        assert len(found) <= 1, f"{name} was printed {len(found)} times"
        return found[0] if found else None

    def wait_until_ready(self) -> Up:
        wait_for(lambda: self.value_of("Address") is not None, seconds=60, or_say=lambda: self.text)
        return self

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        status = self.process.wait(timeout=30)
        self._reader.join(timeout=5)
        return status

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

    def child(self, part: str) -> int | None:
        """The process id of the child of `up` that has `part` in its command line; None when it has just died."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(
            (process for process, command in self.processes().items() if part in command and str(process) in own), None
        )

    def answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/accounts/login/", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    def remove_traces(self) -> None:
        for process in self.processes():
            os.kill(process, signal.SIGKILL)
        self.process.wait(timeout=10)
        self._reader.join(timeout=5)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.lines.extend(line.rstrip("\n") for line in lines)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], *, seconds: float, or_say: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"nothing after {seconds} s: {or_say()}"
        time.sleep(0.05)
