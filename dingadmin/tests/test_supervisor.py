"""The parts of `up`, each on its own; tests/processes starts the whole."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dingadmin.supervisor import tie
from dingadmin.supervisor.children import STEADY_SECONDS, TIE, Child, Program, delay_before_restart
from dingadmin.supervisor.output import Output
from dingadmin.supervisor.stack import Stack, Stop, listening_for_signals

in_proc = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

# Starts a guard, tells its process id, and waits.
STARTER = """
import os, subprocess, sys
command = [sys.executable, "-c", sys.argv[1], sys.argv[2], str(os.getpid())]
print(subprocess.Popen(command).pid, flush=True)
input()
"""
GUARD = """
import sys
sys.path.insert(0, sys.argv[1])
import tie
tie.tied_by_watching(int(sys.argv[2]), [sys.executable, "-c", "import time; time.sleep(60)"])
"""


@pytest.fixture
def printed() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture
def output(printed: io.BytesIO) -> Output:
    return Output(printed)


def python(name: str, code: str, *, patience: float = 5) -> Program:
    return Program(name, (sys.executable, "-I", "-S", "-c", code), patience=patience)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_child_s_lines_carry_its_name(output: Output, printed: io.BytesIO) -> None:
    output.relay("web", io.BytesIO("one\r\ntwo 你好".encode()))

    assert printed.getvalue().decode() == "web    | one\nweb    | two 你好\n"


def test_own_lines_stand_alone(output: Output, printed: io.BytesIO) -> None:
    output.say("Address: http://127.0.0.1:8000/")

    assert printed.getvalue() == b"Address: http://127.0.0.1:8000/\n"


def test_a_reader_that_went_away_does_not_stall_the_children() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as stream:
        source = io.BytesIO(b"line\n" * 10_000)
        Output(stream).relay("web", source)

    assert source.closed


def test_a_child_runs_in_a_session_of_its_own_and_ends_when_asked(output: Output, printed: io.BytesIO) -> None:
    child = Child(python("web", "import os, time; print(os.getsid(0), flush=True); time.sleep(60)"), output)
    child.start()
    wait_for(lambda: b"\n" in printed.getvalue())

    child.ask_to_stop()
    wait_for(lambda: not child.running)
    child.finish()

    assert printed.getvalue() != f"web    | {os.getsid(0)}\n".encode()


def test_a_child_that_dies_starts_again_after_its_delay(output: Output, printed: io.BytesIO) -> None:
    child = Child(python("web", "raise SystemExit(3)"), output)
    child.start()
    wait_for(lambda: not child.running)

    now = time.monotonic()
    child.look_after(now)
    assert not child.running
    assert b"web ended (status 3); it starts again in 1 s\n" in printed.getvalue()
    child.look_after(now + 0.9)
    assert not child.running

    child.look_after(now + 1)
    wait_for(lambda: not child.running)
    child.look_after(now + 1)
    assert b"it starts again in 2 s\n" in printed.getvalue()
    child.finish()


def test_a_child_that_had_run_well_starts_again_soon(output: Output, printed: io.BytesIO) -> None:
    child = Child(python("web", ""), output)
    for _death in range(3):
        child.start()
        wait_for(lambda: not child.running)
        child.look_after(time.monotonic() + STEADY_SECONDS)

    assert printed.getvalue().count(b"it starts again in 1 s\n") == 3


@pytest.mark.parametrize(("deaths", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (99, 30)])
def test_the_delay_grows_to_half_a_minute(deaths: int, seconds: float) -> None:
    assert delay_before_restart(deaths) == seconds


@in_proc
def test_what_a_child_started_itself_ends_with_it(output: Output, printed: io.BytesIO) -> None:
    grandchild = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    )
    child = Child(python("web", grandchild), output)
    child.start()
    wait_for(lambda: not child.running)
    number = int(printed.getvalue().split()[-1])

    child.look_after(time.monotonic())

    wait_for(lambda: not _alive(number))


@in_proc
def test_a_guarded_child_ends_with_the_one_who_started_it() -> None:
    """The way of systems without a death signal, tried on any."""
    arguments = [sys.executable, "-c", STARTER, GUARD, str(Path(TIE).parent)]
    starter = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    guard = int(starter.stdout.readline())
    assert _alive(guard)

    starter.kill()
    starter.communicate()

    wait_for(lambda: not _alive(guard))


def test_a_guard_hands_signals_on_and_ends_like_its_child(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, Callable[[int, object], None]] = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.__setitem__(number, handler))

    def terminate() -> None:
        wait_for(lambda: signal.SIGTERM in handlers)
        handlers[signal.SIGTERM](signal.SIGTERM, None)

    threading.Thread(target=terminate).start()

    status = tie.tied_by_watching(os.getppid(), [sys.executable, "-c", "import time; time.sleep(60)"])

    assert status == -signal.SIGTERM


def test_the_stack_ends_its_children_in_order(output: Output, printed: io.BytesIO) -> None:
    stop = Stop()
    stack = Stack(output, stop)
    code = "import signal, sys, time; signal.signal(15, lambda *_: (print('ends', flush=True), sys.exit()))\n"
    for name in ("redis", "web", "worker", "beat"):
        stack.start(python(name, code + "print('ready', flush=True); time.sleep(60)"))
    wait_for(lambda: printed.getvalue().count(b"ready") == 4)

    stack.shut_down((("web", "beat"), ("worker",), ("redis",)))

    ends = [line.split()[0] for line in printed.getvalue().decode().splitlines() if line.endswith("ends")]
    assert sorted(ends[:2]) == ["beat", "web"]
    assert ends[2:] == ["worker", "redis"]


def test_a_child_that_will_not_end_is_killed_when_the_patience_is_over(output: Output, printed: io.BytesIO) -> None:
    stack = Stack(output, Stop())
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    child = stack.start(python("worker", stubborn, patience=0.2))
    wait_for(lambda: b"ready" in printed.getvalue())

    stack.shut_down((("worker",),))

    assert not child.running


def test_a_second_signal_ends_the_patience(output: Output, printed: io.BytesIO) -> None:
    stop = Stop()
    stack = Stack(output, stop)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    child = stack.start(python("worker", stubborn, patience=3600))
    wait_for(lambda: b"ready" in printed.getvalue())

    stop.ask()
    assert not stop.hurry
    stop.ask()
    stack.shut_down((("worker",),))

    assert not child.running


def test_nothing_more_is_started_once_a_stop_was_asked_for(output: Output) -> None:
    stop = Stop()
    stack = Stack(output, stop)
    stop.ask()

    stack.start_all(python("web", "import time; time.sleep(60)"))
    stack.watch(pytest.fail)
    stack.shut_down((("web",),))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_asks_for_a_stop(number: signal.Signals) -> None:
    with listening_for_signals() as stop:
        assert not stop
        os.kill(os.getpid(), number)
        wait_for(lambda: bool(stop))


def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with listening_for_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            time.sleep(0.05)
            assert not stop
    finally:
        signal.signal(signal.SIGHUP, before)


def _alive(number: int) -> bool:
    """Runs, and is not a zombie that nobody has fetched."""
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
