"""The scripts that set up what they need: which Python they take, and when they install."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository with two locks and a virtual environment whose Python writes down what it is called with."""
    (tmp_path / "requirements.lock").write_text("one==1\n")
    (tmp_path / "requirements-dev.lock").write_text("one==1\ntwo==2\n")
    stub(tmp_path / ".venv" / "bin" / "python", 'echo "$@" >>calls')
    (tmp_path / "calls").touch()
    return tmp_path


def stub(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def sh(command: str, place: Path, *, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-euc", f". {ROOT}/script/setup-venv; {command}"],
        cwd=place,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def installs(place: Path) -> list[str]:
    lines = (place / "calls").read_text().splitlines()
    (place / "calls").write_text("")
    return [line.split()[-1] for line in lines if "pip install" in line]


def test_the_runtime_is_installed_once_and_by_hash(place: Path) -> None:
    assert sh("setup_venv runtime", place).returncode == 0
    assert "--require-hashes" in (place / "calls").read_text()
    assert installs(place) == ["requirements.lock"]

    sh("setup_venv runtime", place)
    assert installs(place) == []


def test_a_changed_lock_is_installed_again(place: Path) -> None:
    sh("setup_venv runtime", place)
    installs(place)
    (place / "requirements.lock").write_text("one==2\n")

    sh("setup_venv runtime", place)

    assert installs(place) == ["requirements.lock"]


def test_what_tests_need_holds_what_runs(place: Path) -> None:
    sh("setup_venv dev", place)
    assert installs(place) == ["requirements-dev.lock"]

    sh("setup_venv runtime", place)
    assert installs(place) == []


def test_an_installation_that_broke_off_is_done_again(place: Path) -> None:
    stub(place / ".venv" / "bin" / "python", 'echo "$@" >>calls; case "$*" in *install*) exit 1;; esac')
    assert sh("setup_venv runtime", place).returncode != 0
    installs(place)

    sh("setup_venv runtime", place)

    assert installs(place) == ["requirements.lock"]


def test_a_python_that_is_too_old_is_passed_over(place: Path, tmp_path: Path) -> None:
    stub(tmp_path / "bin" / "python3", "exit 1")
    stub(tmp_path / "bin" / "python3.12", "exit 0")

    assert sh("find_python", place, path=str(tmp_path / "bin")).stdout == "python3.12\n"


def test_without_a_python_it_says_what_to_install(place: Path, tmp_path: Path) -> None:
    done = sh("find_python", place, path=str(tmp_path / "empty"))

    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
