"""The whole stack as real processes: it starts, it survives its parts, and it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.processes.stack import Stack
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.processes,
    pytest.mark.embedded,
    pytest.mark.skipif(sys.platform != "linux", reason="left-overs are looked for in /proc"),
]

PARTS = {"redis": "valkey", "web": "gunicorn", "worker": "ticks,deliveries", "beat": "beat"}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A first start, which runs for all the tests that do not end it."""
    up = Stack(tmp_path_factory.mktemp("first") / "var")
    try:
        yield up.start()
    finally:
        up.remove_traces()


@pytest.fixture(scope="module")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the tests that start on it one after the other: every start but the first is a quick one."""
    return tmp_path_factory.mktemp("used") / "var"


@pytest.fixture
def start() -> Iterator[Callable[[Path], Stack]]:
    started: list[Stack] = []

    def start_on(home: Path) -> Stack:
        started.append(Stack(home))
        return started[-1].start()

    yield start_on
    for up in started:
        up.remove_traces()


def workers(home: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{home}/dingadmin.sqlite3?mode=ro", uri=True)) as database:
        return [name for (name,) in database.execute("SELECT name FROM broadcasts_worker")]


def last_tick(home: Path) -> datetime | None:
    with closing(sqlite3.connect(f"file:{home}/dingadmin.sqlite3?mode=ro", uri=True)) as database:
        row = database.execute("SELECT ticked_at FROM broadcasts_enginestate").fetchone()
    return datetime.fromisoformat(row[0]).replace(tzinfo=UTC) if row else None


def test_the_first_start_prints_where_it_is_and_who_may_sign_in(first: Stack) -> None:
    assert first.value_of("Address") == f"http://127.0.0.1:{first.port}/"
    assert first.value_of("User") == "admin"
    assert len(first.value_of("Password") or "") >= 16


def test_the_printed_password_signs_in(first: Stack) -> None:
    browser = requests.Session()
    page = browser.get(f"http://127.0.0.1:{first.port}/", timeout=10)
    assert (page.status_code, page.url) == (200, f"http://127.0.0.1:{first.port}/accounts/login/?next=/")

    form = {"login": "admin", "password": first.value_of("Password"), "next": "/accounts/password/change/"}
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    inside = browser.post(f"http://127.0.0.1:{first.port}/accounts/login/", data={**form, **token}, timeout=10)

    assert (inside.status_code, inside.url) == (200, f"http://127.0.0.1:{first.port}/accounts/password/change/")


def test_it_says_when_messages_go_out(first: Stack) -> None:
    def probe(path: str) -> int:
        return requests.get(f"http://127.0.0.1:{first.port}/{path}", timeout=10).status_code

    wait_for(lambda: probe("readyz") == 200, seconds=30, what="a stack that is ready", log=first.lines)
    assert (probe("healthz"), probe("metrics")) == (200, 404)
    health = [sys.executable, "manage.py", "health"]
    environment = {**os.environ, "DINGADMIN_HOME": str(first.home), "DJANGO_SETTINGS_MODULE": "dingadmin.settings"}
    done = subprocess.run(health, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_it_keeps_is_for_its_owner_alone(first: Stack) -> None:
    kept = [first.home / name for name in ("secret_key", "encryption_keys", "dingadmin.sqlite3", "up.lock")]

    assert [path.stat().st_mode & 0o077 for path in (first.home, *kept)] == [0] * 5


def test_a_second_instance_is_refused_and_does_not_disturb_the_first(first: Stack) -> None:
    before = first.processes()

    second = Stack(first.home).launch()
    status = second.process.wait(timeout=20)

    assert status == 1
    assert str(first.process.pid) in second.text
    assert second.value_of("Address") is None
    assert first.processes() == before
    assert first.answers()


def test_a_taken_port_is_refused_before_anything_is_made(first: Stack, tmp_path: Path) -> None:
    second = Stack(tmp_path / "var", port=first.port).launch()

    assert second.process.wait(timeout=20) == 1
    assert str(first.port) in second.text
    assert not (tmp_path / "var" / "dingadmin.sqlite3").exists()
    assert not (tmp_path / "var" / "demo").exists()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_dies_is_started_again(first: Stack, part: str) -> None:
    dead = first.child(PARTS[part])
    assert dead is not None

    os.kill(dead, signal.SIGKILL)

    wait_for(lambda: first.child(PARTS[part]) not in {None, dead}, seconds=15, what="a new one", log=first.lines)
    assert f"{part} ended (signal 9); it starts again in 1 s" in first.lines


def test_ticks_go_on_after_every_part_has_died(first: Stack) -> None:
    now = datetime.now(UTC)

    wait_for(lambda: (last_tick(first.home) or now) > now, seconds=30, what="another tick", log=first.lines)


def test_the_pages_answer_again_after_the_web_server_died(first: Stack) -> None:
    wait_for(first.answers, seconds=15, what="an answer", log=first.lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_all_of_it(start: Callable[[Path], Stack], used_home: Path, number: signal.Signals) -> None:
    known = (used_home / "dingadmin.sqlite3").exists()
    up = start(used_home)

    status = up.end(number)

    assert status == 0
    assert up.processes() == {}
    assert workers(used_home) == []
    assert not (used_home / "redis.sock").exists()
    assert known == (up.value_of("Password") is None), "the password is printed at the first start, and never again"


def test_a_killed_parent_leaves_nothing_behind(start: Callable[[Path], Stack], used_home: Path) -> None:
    up = start(used_home)
    assert len(up.processes()) >= 1 + len(PARTS)

    up.process.kill()

    wait_for(lambda: up.processes() == {}, seconds=10, what="the end of its children", log=up.lines)


def test_no_query_reaches_the_log(first: Stack) -> None:
    token = "f" * 60 + "0042"

    requests.get(f"http://127.0.0.1:{first.port}/no-such-page/?access_token={token}&q=words-of-a-search", timeout=10)

    wait_for(lambda: '"GET /no-such-page/" 404' in first.text, seconds=5, what="the line", log=first.lines)
    assert token not in first.text
    assert "words-of-a-search" not in first.text


def test_a_setting_that_cannot_be_understood_is_told_in_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dingadmin.settings", "DINGADMIN_HOME": str(tmp_path)}
    command = [sys.executable, "manage.py", "up"]

    done = subprocess.run(
        command, env={**environment, "DINGADMIN_PORT": "http"}, capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 1
    assert done.stderr == "The settings cannot be used: DINGADMIN_PORT must be a number.\n"


def test_a_home_with_a_path_too_long_for_a_socket_works(start: Callable[[Path], Stack], tmp_path: Path) -> None:
    up = start(tmp_path / ("long-" * 20) / "var")

    socket = next(Path(word) for word in up.processes()[up.child("valkey") or 0].split() if word.endswith("redis.sock"))
    assert up.home not in socket.parents
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert up.end() == 0


def test_the_help_of_up_needs_no_running_server() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--help"], capture_output=True, text=True, timeout=30, check=True
    )

    assert "--port" in done.stdout
