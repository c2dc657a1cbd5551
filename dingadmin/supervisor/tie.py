"""Runs a program that ends when the one who started it ends, even by kill -9.

Called by its path, with Python's -I and -S, so that it costs a few milliseconds: tie.py PARENT_PID COMMAND...
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1
LOOK_EVERY_SECONDS = 0.5


def tied_by_the_kernel(parent: int, command: list[str]) -> NoReturn:
    """Become the program; the kernel kills it when the thread that started it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above could tie us to it
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


def tied_by_watching(parent: int, command: list[str]) -> int:
    """Stay as the program's guard, for systems that know no death signal (macOS)."""
    child = subprocess.Popen(command)  # noqa: S603
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: child.send_signal(number))
    while True:
        try:
            return child.wait(timeout=LOOK_EVERY_SECONDS)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.kill()


if __name__ == "__main__":
    tied = tied_by_the_kernel if sys.platform == "linux" else tied_by_watching
    sys.exit(tied(int(sys.argv[1]), sys.argv[2:]))
