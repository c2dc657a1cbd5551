"""What a start refuses before it touches anything, the embedded Redis, and what is told to whom."""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dingadmin.home import Home
from dingadmin.preparation import Administrator
from dingadmin.supervisor import embedded_redis, programs
from dingadmin.supervisor.children import Child, Program
from dingadmin.supervisor.errors import StartRefusedError
from dingadmin.supervisor.first_page import answers, reachable_host
from dingadmin.supervisor.locks import check_port, hold_home
from dingadmin.supervisor.output import Output
from dingadmin.supervisor.welcome import Welcome

EVERYWHERE = "0.0.0.0"  # noqa: S104
SHORT_LIVED = Program("redis", (sys.executable, "-c", "raise SystemExit(1)"), patience=1)


@pytest.fixture
def printed() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture
def output(printed: io.BytesIO) -> Output:
    return Output(printed)


@pytest.fixture
def port() -> Iterator[int]:
    """One that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_a_home_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path / "var")

    with hold_home(home), pytest.raises(StartRefusedError, match=str(os.getpid())), hold_home(home):
        pytest.fail("held twice")

    with hold_home(home):
        assert home.lock.read_text() == f"{os.getpid()}\n"


def test_a_lock_file_left_behind_refuses_nobody(tmp_path: Path) -> None:
    (tmp_path / "up.lock").write_text("99999999999\n")

    with hold_home(Home(tmp_path)):
        assert (tmp_path / "up.lock").read_text() == f"{os.getpid()}\n"


def test_a_free_port_is_let_through_and_stays_free(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]

    check_port("127.0.0.1", free)
    check_port("127.0.0.1", free)


def test_a_taken_port_is_refused_with_what_to_do(port: int) -> None:
    with pytest.raises(StartRefusedError, match=rf"{port}.*--port"):
        check_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(StartRefusedError, match=r"DINGADMIN_BIND"):
        check_port(host, 8000)


@pytest.fixture
def far_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose path is too long for a socket, and a temporary folder of its own."""
    (tmp_path / "t").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    return Home(tmp_path / ("x" * 120))


def test_the_socket_s_folder_is_for_its_owner_alone(far_home: Home) -> None:
    embedded_redis.prepare_socket_directory(far_home)
    embedded_redis.prepare_socket_directory(far_home)

    assert far_home.redis_socket.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_open_to_others_is_refused(far_home: Home) -> None:
    far_home.redis_socket.parent.mkdir(mode=0o755)

    with pytest.raises(StartRefusedError, match=str(far_home.redis_socket.parent)):
        embedded_redis.prepare_socket_directory(far_home)


def test_a_folder_that_is_somebody_else_s_is_refused(far_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = far_home.redis_socket.parent
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(folder, 65534, 65534)
    else:
        monkeypatch.setattr(embedded_redis.os, "getuid", lambda: -1)
        pytest.MonkeyPatch().setattr(Home, "redis_socket", folder / "redis.sock")

    with pytest.raises(StartRefusedError):
        embedded_redis.prepare_socket_directory(far_home)


def test_a_link_to_a_folder_is_refused(far_home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    far_home.redis_socket.parent.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StartRefusedError):
        embedded_redis.prepare_socket_directory(far_home)


def test_a_redis_that_does_not_start_is_told(output: Output, tmp_path: Path) -> None:
    child = Child(SHORT_LIVED, output)
    child.start()

    with pytest.raises(StartRefusedError):
        embedded_redis.wait_until_ready(child, f"unix://{tmp_path}/redis.sock")
    child.finish()


def test_redis_listens_on_its_socket_alone_and_keeps_nothing(tmp_path: Path) -> None:
    command = embedded_redis.embedded_redis(Home(tmp_path)).command

    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert (options["--port"], options["--save"], options["--appendonly"]) == ("0", "", "no")
    assert options["--unixsocket"] == f"{tmp_path}/redis.sock"


@pytest.fixture
def web_port(live_server: object) -> int:
    return int(str(live_server).rpartition(":")[2])


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_to_come_before_the_page_answers(
    output: Output, printed: io.BytesIO, port: int, web_port: int
) -> None:
    early = Welcome(output, host="127.0.0.1", port=port + 1, path="/accounts/login/")
    early.introduce(Administrator("admin", "not-a-real-one"))
    early.when_ready()
    assert printed.getvalue() == b""

    ready = Welcome(output, host=EVERYWHERE, port=web_port, path="/accounts/login/")
    ready.introduce(Administrator("admin", "not-a-real-one"))
    ready.when_ready()
    ready.when_ready()
    ready.before_the_end()
    assert printed.getvalue().decode().splitlines() == [
        f"Address: http://127.0.0.1:{web_port}/",
        "User: admin",
        "Password: not-a-real-one",
    ]


def test_a_password_is_told_even_when_the_start_breaks_off(output: Output, printed: io.BytesIO) -> None:
    welcome = Welcome(output, host="127.0.0.1", port=1, path="/")
    welcome.introduce(Administrator("admin", "not-a-real-one"))

    welcome.before_the_end()

    assert printed.getvalue().decode().splitlines() == ["User: admin", "Password: not-a-real-one"]


def test_a_server_that_answers_nonsense_is_not_ready(port: int) -> None:
    assert not answers("127.0.0.1", 1, "/")


@pytest.mark.parametrize(("bound", "host"), [(EVERYWHERE, "127.0.0.1"), ("::", "::1"), ("192.0.2.1", "192.0.2.1")])
def test_a_server_that_listens_everywhere_is_asked_here(bound: str, host: str) -> None:
    assert reachable_host(bound) == host


def test_an_address_of_version_six_is_put_in_brackets() -> None:
    assert programs.bracketed("::1") == "[::1]"
    assert programs.web("::1", 8000).command[-1] == "[::1]:8000"
