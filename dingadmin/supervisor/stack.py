"""Starts the children, looks after them until a signal comes, and stops them in order."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

from dingadmin.supervisor.children import Child, Program
from dingadmin.supervisor.output import Output

LOOK_EVERY_SECONDS: Final = 0.1
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stop:
    """Set by the first signal; `hurry` by the second: whoever presses Ctrl-C twice does not want to wait."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self.hurry = False

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        self._asked.wait(seconds)

    def ask(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self.hurry = bool(self)
        self._asked.set()


@contextmanager
def listening_for_signals() -> Iterator[Stop]:
    stop = Stop()
    # nohup has HUP ignored before we start: it stays so.
    numbers = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop.ask) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Stack:
    """The children in the order of their start. Used from the main thread alone."""

    def __init__(self, output: Output, stop: Stop) -> None:
        self._output = output
        self._stop = stop
        self._children: list[Child] = []

    def start(self, program: Program) -> Child:
        child = Child(program, self._output)
        self._children.append(child)
        child.start()
        return child

    def start_all(self, *programs: Program) -> None:
        """None of them when a stop was asked for meanwhile."""
        for program in programs:
            if not self._stop:
                self.start(program)

    def watch(self, on_look: Callable[[], None]) -> None:
        """Keep every child alive until a stop is asked for."""
        while not self._stop:
            now = time.monotonic()
            for child in self._children:
                child.look_after(now)
            on_look()
            self._stop.wait(LOOK_EVERY_SECONDS)

    def shut_down(self, order: Sequence[Sequence[str]]) -> None:
        """End the children group by group: the members of a group together, a group after the one before it."""
        for names in order:
            self._end([child for child in self._children if child.program.name in names])

    def _end(self, children: Sequence[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        started = time.monotonic()
        while any(child.running for child in children) and not self._stop.hurry:
            patience = max(child.program.patience for child in children if child.running)
            if time.monotonic() - started > patience:
                break
            time.sleep(0.02)
        for child in children:
            child.finish()
