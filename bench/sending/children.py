"""Processes that end with the one that started them, even when that one is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from dingadmin.supervisor.children import TIE

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS: Final = 25


@contextmanager
def child(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Start it from the main thread: the kernel ties a child to the thread that made it."""
    tied = [sys.executable, "-I", "-S", TIE, str(os.getpid()), *command]
    process = subprocess.Popen(tied, cwd=ROOT, env=None if env is None else dict(env), text=True, **options)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    try:
        process.wait(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
