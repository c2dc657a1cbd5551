"""Breaking the connection under gunicorn's threads; test_faults.py does the same under Django's own server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from simulator.connection import NoSocketError, socket_of

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[str]:
    """A gunicorn over simulator/tests/dropping.py; its log must stay free of errors."""
    log = tmp_path / "log"
    options = ["-k", "gthread", "--threads", "4", "-b", "127.0.0.1:0", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "simulator.tests.dropping:application"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield f"http://{_address(log)}"
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert "Error" not in log.read_text()
    assert "Traceback" not in log.read_text()


def _address(log: Path) -> str:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        _before, found, after = log.read_text().partition("Listening at: http://")
        if found and " " in after:
            return after.split()[0]
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def test_gunicorn_drops_the_connection_and_lives_on(gunicorn: str) -> None:
    with requests.Session() as session:
        for _round in range(3):
            assert session.post(f"{gunicorn}/ok", data=b"x", timeout=5).text == "ok"
            with pytest.raises(requests.ConnectionError):
                session.post(f"{gunicorn}/drop", data=b"x", timeout=5)


def test_gunicorn_sends_raw_bytes_and_closes(gunicorn: str) -> None:
    response = requests.post(f"{gunicorn}/raw", data=b"x", timeout=5)
    assert (response.text, response.headers["Date"]) == ("raw", "Thu, 01 Jan 1970 00:00:00 GMT")


def test_a_server_that_hides_its_socket_is_told_apart() -> None:
    with pytest.raises(NoSocketError):
        socket_of({})
