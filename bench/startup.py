"""How long a newcomer waits, and what the running stack weighs: an empty clone, `script/server`, the first page.

    script/bench startup

Only what is committed is cloned. The first start includes the download of the packages, so its first part says as
much about the network and pip's cache as about us.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.tables import show

ROOT: Final = Path(__file__).resolve().parents[1]
OURS: Final = ("DINGADMIN_", "DINGTALK_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
START_SECONDS: Final = 600
SETTLE_SECONDS: Final = 5  # for what the processes load at their first work
PARTS: Final = {"gunicorn": "web", "worker": "worker", "beat": "beat", "valkey": "redis", "manage.py up": "up"}


@dataclass(frozen=True, slots=True)
class Weight:
    """In megabytes. What processes share is counted in `whole` for each, and in `share` once, divided among them."""

    part: str
    whole: float
    share: float | None


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dingadmin-startup-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        began = time.time()
        with running(clone) as (_process, first):
            installed = (clone / ".venv" / "installed-runtime").stat().st_mtime - began
        with running(clone) as (process, second):
            time.sleep(SETTLE_SECONDS)
            weights = weigh(process.pid)
    show(
        ["from the command to the first page", "seconds"],
        [
            ["empty clone", round(first, 1)],
            ["of it virtual environment and packages", round(installed, 1)],
            ["second start", round(second, 1)],
        ],
    )
    show(["memory, MB", "own and shared", "share"], [*map(_row, weights), _row(total(weights))])


@contextmanager
def running(clone: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """The stack, and after how many seconds its first page had answered (that is when it prints its address)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    began = time.monotonic()
    process = subprocess.Popen(
        ["script/server", "--port", str(_free_port())],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        if not any(line.startswith("Address: ") for line in process.stdout):
            raise SystemExit("The stack did not start.")
        yield process, time.monotonic() - began
    finally:
        process.terminate()
        process.communicate(timeout=60)


def weigh(root: int) -> list[Weight]:
    """Every process below `root`, and itself, added up by part."""
    listed = subprocess.run(["ps", "-axo", "pid=,ppid=,rss=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    family = {root}
    for _generation in range(5):
        family |= {int(pid) for pid, parent, *_rest in rows if int(parent) in family}
    ours = [row for row in rows if int(row[0]) in family]
    weights = [Weight(_part_of(command), int(rss) / 1024, _share(int(pid))) for pid, _parent, rss, command in ours]
    return [
        total([weight for weight in weights if weight.part == part], part)
        for part in dict.fromkeys(weight.part for weight in weights)
    ]


def total(weights: list[Weight], name: str = "all") -> Weight:
    shares = [weight.share for weight in weights if weight.share is not None]
    return Weight(name, sum(weight.whole for weight in weights), sum(shares) if shares else None)


def _part_of(command: str) -> str:
    return next((part for mark, part in PARTS.items() if mark in command), "other")


def _share(pid: int) -> float | None:
    """The proportional set size; only Linux tells it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _row(weight: Weight) -> list[object]:
    return [weight.part, round(weight.whole), "" if weight.share is None else round(weight.share)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
