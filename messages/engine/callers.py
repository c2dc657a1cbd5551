"""The threads of a pump: each takes the next claim from one line, calls, and puts what came of it on another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import Empty, SimpleQueue

from messages.engine.brakes import Brakes
from messages.engine.claims import Claimed
from messages.engine.recording import Finished

# A transaction for each finished call would cost more than the call: results are gathered for so long. What is claimed
# ahead keeps the threads busy meanwhile.
GATHER_SECONDS = 0.025
# While there is room in the window, new work is looked for at least this often.
LOOK_SECONDS = 0.1

# What comes back from a thread: a finished call, or the claim itself when a person stopped it before its call began.
Result = Finished | Claimed


class Callers:
    """`count` threads, each started once: a future for every call would cost a tenth of the call.

    Left only when no call is in flight.
    """

    def __init__(self, call: Callable[[Claimed, Brakes], Result], *, count: int) -> None:
        self._call = call
        self._count = count
        self._todo: SimpleQueue[tuple[Claimed, Brakes] | None] = SimpleQueue()
        self._done: SimpleQueue[Result] = SimpleQueue()
        self._threads: list[Future[None]] = []
        self._stack = ExitStack()

    def __enter__(self) -> Callers:
        self._pool = self._stack.enter_context(ThreadPoolExecutor(self._count, thread_name_prefix="call"))
        self._stack.callback(self._send_home)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def hand_over(self, claimed: Sequence[Claimed], brakes: Brakes) -> None:
        for _item in claimed[: self._count - len(self._threads)]:
            self._threads.append(self._pool.submit(self._work))
        for item in claimed:
            self._todo.put((item, brakes))

    def gather(self, *, most: int) -> list[Result]:
        """What has finished, waiting a little for company, up to `most`; empty when nothing does for a while."""
        try:
            finished = [self._done.get(timeout=LOOK_SECONDS)]
        except Empty:
            self._raise_what_broke()
            return []
        ends_at = time.monotonic() + GATHER_SECONDS
        # Not woken by each of them: the calls need the interpreter more than this thread does.
        while self._done.qsize() < most - 1 and time.monotonic() < ends_at:
            time.sleep(GATHER_SECONDS / 5)
        finished += (self._done.get_nowait() for _each in range(self._done.qsize()))
        return finished

    def _work(self) -> None:
        while work := self._todo.get():
            self._done.put(self._call(*work))

    def _send_home(self) -> None:
        for _thread in self._threads:
            self._todo.put(None)

    def _raise_what_broke(self) -> None:
        """A call never raises; should one do it all the same, that is not to be waited for in silence."""
        for thread in self._threads:
            if thread.done():
                thread.result()
