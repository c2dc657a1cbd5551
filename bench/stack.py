"""The whole product on the throw-away home: `manage.py up`, and a bare endpoint in DingTalk's place."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.throw_away import ENDPOINT_PORT, HOME, PORT

ROOT: Final = Path(__file__).resolve().parents[1]
START_SECONDS: Final = 120
LINES_SHOWN: Final = 100


@contextmanager
def running_stack() -> Iterator[None]:
    """Ready when it has printed its address. The end of what it printed is shown when the measurement breaks off."""
    log = HOME / "up.log"
    command = [sys.executable, "manage.py", "up", "--port", str(PORT)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        _wait_for_address(process, log)
        yield
    except SystemExit:
        print("\n".join(log.read_text().splitlines()[-LINES_SHOWN:]), file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def bare_endpoint(delay_ms: int) -> Iterator[None]:
    command = [sys.executable, str(ROOT / "bench" / "endpoint.py"), str(ENDPOINT_PORT), str(delay_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        with process.stdout as output:
            assert output.readline().startswith(b"ready"), "the endpoint did not start"
            yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for_address(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not any(line.startswith("Address: ") for line in log.read_text().splitlines()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("The stack did not start.")
        time.sleep(0.1)
