"""The processes of the stack that is broken: whichever dies is started again at once, without the patience of `up`."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from django.conf import settings

from dingadmin.supervisor import programs
from dingadmin.supervisor.children import TIE, Program
from dingadmin.supervisor.embedded_redis import embedded_redis
from tests.faults.preloaded import celery_command

WORKERS = 2
LOOK_EVERY_SECONDS = 0.02
_FORKS = multiprocessing.get_context("forkserver")


@dataclass
class Forked:
    """Celery, forked from what has all its modules loaded already."""

    name: str
    arguments: Sequence[str]
    log: Path
    process: ForkServerProcess | None = None

    def start(self) -> None:
        arguments = (self.arguments, str(self.log), os.getpid())
        self.process = _FORKS.Process(target=celery_command, args=arguments, daemon=True)
        self.process.start()

    def pid(self) -> int | None:
        """None when it does not live."""
        return self.process.pid if self.process and self.process.is_alive() else None


@dataclass
class Started:
    """Any other program, as `up` starts it."""

    name: str
    program: Program
    log: Path
    process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        command = [sys.executable, "-I", "-S", TIE, str(os.getpid()), *self.program.command]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None


Part = Forked | Started


@dataclass
class Crew:
    parts: dict[str, Part]
    killed: set[str] = field(default_factory=set)  # workers, by the name that stands on their claims
    starts: int = 0
    _away_until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ending: threading.Event = field(default_factory=threading.Event)

    @property
    def workers(self) -> list[str]:
        return [name for name in self.parts if name.startswith("worker")]

    def claim_name(self, part: str) -> str:
        """As the product names this process (messages.engine.life.worker_name)."""
        return f"{socket.gethostname()}:{self.parts[part].pid()}"

    def kill(self, *names: str, away_seconds: float = 0.0) -> bool:
        """All of them at one moment; False, and none, when one of them does not live just now."""
        with self._lock:
            pids = {name: self.parts[name].pid() for name in names}
            if None in pids.values():
                return False
            for name, pid in pids.items():
                if name in self.workers:
                    self.killed.add(self.claim_name(name))
                self._away_until[name] = time.monotonic() + away_seconds
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid or 0), signal.SIGKILL)
            return True

    @contextlib.contextmanager
    def running(self) -> Iterator[Crew]:
        keeper = threading.Thread(target=self._keep, name="crew", daemon=True)
        keeper.start()
        try:
            yield self
        finally:
            self._ending.set()
            keeper.join()
            for part in reversed(self.parts.values()):
                if pid := part.pid():
                    os.kill(pid, signal.SIGTERM if isinstance(part, Started) else signal.SIGKILL)

    def _keep(self) -> None:
        while not self._ending.wait(LOOK_EVERY_SECONDS):
            for name, part in self.parts.items():
                with self._lock:
                    if part.pid() is None and time.monotonic() >= self._away_until.get(name, 0.0):
                        part.start()
                        self.starts += 1


def make_crew(*, endpoint_port: int) -> Crew:
    """One Redis, one web server, which is the endpoint, one beat and two workers, with the commands of `up`."""
    _FORKS.set_forkserver_preload(["tests.faults.preloaded"])
    home = settings.HOME.path
    worker = _celery(programs.worker())
    parts: list[Part] = [
        Started("redis", embedded_redis(settings.HOME), home / "redis.log"),
        Started("web", programs.web("127.0.0.1", endpoint_port), home / "web.log"),
        Forked("beat", _celery(programs.beat()), home / "beat.log"),
    ]
    for number in range(WORKERS):
        parts.append(Forked(f"worker{number}", (*worker, "-n", f"worker{number}@%h"), home / f"worker{number}.log"))
    return Crew({part.name: part for part in parts})


def _celery(program: Program) -> tuple[str, ...]:
    """What stands behind `python -m celery`."""
    return program.command[program.command.index("celery") + 1 :]
