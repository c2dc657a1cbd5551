"""One child of the stack: how it is started, watched and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dingadmin.supervisor.output import Output

TIE: Final = str(Path(__file__).with_name("tie.py"))
LONGEST_DELAY_SECONDS: Final = 30.0
# A child that lived that long had started well: its next death is counted as the first.
STEADY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: tuple[str, ...]
    patience: float  # seconds that it gets between TERM and KILL
    environment: Mapping[str, str] = field(default_factory=dict)  # besides our own


def delay_before_restart(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row: 1, 2, 4 ... 30."""
    return min(2.0 ** (deaths - 1), LONGEST_DELAY_SECONDS)


class Child:
    """Start it from the main thread: the kernel ties a child to the thread that made it, not to the process."""

    def __init__(self, program: Program, output: Output) -> None:
        self.program = program
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self._relay: threading.Thread | None = None
        self._started_at = 0.0
        self._restart_at = 0.0
        self._deaths = 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        command = [sys.executable, "-I", "-S", TIE, str(os.getpid()), *self.program.command]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.program.environment},
            start_new_session=True,  # a Ctrl-C in the terminal reaches us alone, and we stop the children in order
        )
        self._started_at = time.monotonic()
        self._relay = threading.Thread(
            target=self._output.relay, args=(self.program.name, self._process.stdout), daemon=True
        )
        self._relay.start()

    def look_after(self, now: float) -> None:
        """Start it again when it died and its delay is over."""
        if self.running:
            return
        if self._process is not None:
            self._bury(self._process, now)
        if now >= self._restart_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self._process is not None and self.running:
            self._process.terminate()

    def finish(self) -> None:
        """Kill what is left of its session, and print the last lines."""
        process, self._process = self._process, None
        if process is None:
            return
        _kill_session(process)
        process.wait()
        if self._relay is not None:
            self._relay.join(timeout=1)

    def _bury(self, process: subprocess.Popen[bytes], now: float) -> None:
        steady = now - self._started_at >= STEADY_SECONDS
        self._deaths = 1 if steady else self._deaths + 1
        delay = delay_before_restart(self._deaths)
        self._restart_at = now + delay
        self._process = None
        # Its own children would keep the port or the queue.
        _kill_session(process)
        self._output.say(f"{self.program.name} ended ({_end_of(process)}); it starts again in {delay:g} s")


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _end_of(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"status {code}" if code >= 0 else f"signal {-code}"
