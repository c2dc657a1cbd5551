"""What `up` prints: its own lines as they are, each child's lines with the child's name before them."""

from __future__ import annotations

import threading
from typing import BinaryIO

NAME_WIDTH = len("worker")


class Output:
    """Whole lines only, from any thread. A reader that went away (a closed terminal) is no reason to stop."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        self._write(text.encode() + b"\n")

    def relay(self, name: str, source: BinaryIO) -> None:
        """Print every line of `source` until it ends; read on even when nobody listens, or the child would stall."""
        prefix = name.ljust(NAME_WIDTH).encode() + b" | "
        with source:
            for line in source:
                self._write(prefix + line.rstrip(b"\r\n") + b"\n")

    def _write(self, line: bytes) -> None:
        with self._lock:
            try:
                self._stream.write(line)
                self._stream.flush()
            except (OSError, ValueError):
                return
