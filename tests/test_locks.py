"""What is installed is what was pinned, by hash, from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins_of(name: str) -> dict[str, str]:
    """Version by normalised name."""
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text_of(name), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


@pytest.mark.parametrize(
    ("asked", "locked"),
    [
        ("requirements.txt", "requirements.lock"),
        ("requirements-dev.txt", "requirements-dev.lock"),
        ("requirements-bench.txt", "requirements-bench.lock"),
        # What is tested and measured is what is shipped; and all kinds share one virtual environment.
        ("requirements.lock", "requirements-dev.lock"),
        ("requirements.lock", "requirements-bench.lock"),
    ],
)
def test_every_pin_stands_in_the_lock(asked: str, locked: str) -> None:
    pins = pins_of(asked)

    assert pins
    assert pins.items() <= pins_of(locked).items()


def test_what_two_locks_hold_has_one_version() -> None:
    dev, bench = pins_of("requirements-dev.lock"), pins_of("requirements-bench.lock")

    assert {name: dev[name] for name in dev.keys() & bench.keys()} == {
        name: bench[name] for name in dev.keys() & bench.keys()
    }


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"])
def test_everything_asked_for_is_pinned(name: str) -> None:
    lines = [line for line in text_of(name).splitlines() if line and not line.startswith(("#", "-r "))]

    assert all(re.match(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", line) for line in lines)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"])
def test_a_lock_has_a_hash_for_every_package_and_names_no_place(name: str) -> None:
    packages = re.split(r"\n(?=[\w.-]+(?:\[[\w,-]+\])?==)", text_of(name))[1:]

    assert all("--hash=sha256:" in package for package in packages)
    assert not re.search(r"https?:|file:|--index|--find-links|@ ", text_of(name))
