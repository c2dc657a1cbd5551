"""The reference in as many processes as the product uses, with as many calls in flight."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.sending.children import child, python
from bench.sending.endpoints import Endpoint

# Tokens that no robot has.
FIRST_TOKEN = 50_000_000


@dataclass(frozen=True, slots=True)
class Sent:
    count: int
    seconds: float
    cpu: float

    @property
    def speed(self) -> float:
        return self.count / self.seconds

    @property
    def cpu_per_thousand(self) -> float:
        return self.cpu / self.count * 1000


@dataclass(frozen=True, slots=True)
class Pools:
    processes: tuple[subprocess.Popen[str], ...]

    def send(self, count: int) -> Sent:
        """All begin at once, with an equal share each."""
        began, share = time.time(), count // len(self.processes)
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{share}\n")
            process.stdin.flush()
        answers = [_answer(process) for process in self.processes]
        last = max(answer["ended"] for answer in answers)
        return Sent(share * len(self.processes), last - began, sum(answer["cpu"] for answer in answers))


@contextmanager
def pools(endpoint: Endpoint, *, window: int, processes: int) -> Iterator[Pools]:
    """Ready, with their connections open."""
    with ExitStack() as stack:
        commands = [_command(endpoint, window // processes, number) for number in range(processes)]
        children = (child(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for command in commands)
        started = Pools(tuple(stack.enter_context(each) for each in children))
        started.send(window)
        yield started


def _command(endpoint: Endpoint, window: int, number: int) -> list[str]:
    first = FIRST_TOKEN + number * 1_000_000
    return python("-m", "bench.sending.reference", endpoint.url, str(window), str(first))


def _answer(process: subprocess.Popen[str]) -> dict[str, float]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the reference ended in the middle of it")
    answer: dict[str, float] = json.loads(line)
    return answer
