"""What processes use, as Linux tells it in /proc: CPU time with that of their children, and memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_MB: Final = 1024


def cpu_seconds(pids: Iterable[int]) -> float:
    """Of the processes, of their children that live, and of those that have ended."""
    return sum(_cpu_ticks(pid) for pid in set(pids)) / _TICKS


def memory_mb(pid: int) -> float:
    return _status(pid, "VmRSS")


def peak_memory_mb(pid: int) -> float:
    """The most since it began, or since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _cpu_ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        children = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in _words(path)]
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended a moment ago: its parent counts it among those that have ended
    # Behind the name, which may hold spaces: user and system time, and those of the children that were waited for.
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) + sum(map(_cpu_ticks, children))


def _words(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").split()


def _status(pid: int, name: str) -> float:
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    if not found:
        raise RuntimeError(f"/proc tells no {name} of process {pid}")
    return int(found[1]) / _MB
