"""Who may import whom, read from the syntax trees: the layers are rules and not hopes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PACKAGES = {
    "dingadmin": {"messages", "robots", "audit", "simulator", "dingtalk"},
    "messages": {"robots", "audit", "dingtalk"},
    "robots": {"audit", "dingtalk"},
    "audit": set(),
    "simulator": {"dingtalk"},
    "dingtalk": set(),
}
_DOORS = {
    "forms",
    "services",
    "history",
    "preview",
    "reporting",
    "reasons",
    "states",
    "notices",
    "models",
    "rendering",
    "schedule",
    "official_calendar",
}
INSIDE_MESSAGES = {
    "urls": {"pages"},
    "pages": _DOORS,
    "admin": _DOORS,
    "management": _DOORS,
    "forms": {"services", "models", "schedule"},
    "preview": {"models", "rendering"},
    "reporting": {"history", "models", "reasons"},
    "services": {
        "engine",
        "history",
        "preview",
        "wakeups",
        "reasons",
        "notices",
        "models",
        "rendering",
        "schedule",
        "official_calendar",
    },
    "templatetags": {"history"},
    "tasks": {"engine", "wakeups"},
    "engine": {"notices", "models", "rendering", "schedule", "official_calendar"},
    "rendering": set(),
    "schedule": set(),
    "official_calendar": {"models", "schedule"},
    "notices": {"models", "reasons"},
    "history": {"notices", "models"},
    "states": {"models"},
    "reasons": set(),
    "wakeups": set(),
    "models": set(),
    "apps": set(),
}
# In robots and audit: what people and scripts come in by, and what serves it and knows nothing of it.
ENTRANCES = {"pages", "admin", "management", "urls"}
SERVICES = {"services", "forms", "rules", "log", "pacing", "health", "encryption", "endpoints", "organisations"}
PURE = ["messages/engine/outcomes.py", "messages/schedule", "robots/rules", "dingtalk"]


@cache
def sources(package: str) -> list[Path]:
    files = sorted((ROOT / package).rglob("*.py"))
    return [file for file in files if not {"tests", "migrations"} & set(file.relative_to(ROOT).parts)]


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports_of(file: Path) -> Iterator[str]:
    """Every module that the file names in an import, dotted: of `from robots import pacing` it is robots.pacing."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: an import is absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(file: Path) -> str:
    """services, of messages/services/launch.py."""
    return file.relative_to(ROOT).with_suffix("").parts[1]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources(package)
        for name in imports_of(file)
        if (top := name.split(".")[0]) in PACKAGES and top != package and top not in PACKAGES[package]
    ]

    assert wrong == []


def test_the_protocol_needs_nothing_but_requests() -> None:
    # urllib3 is what requests stands on, and comes with it.
    known = {"dingtalk", "requests", "urllib3", *sys.stdlib_module_names}

    assert {name.split(".")[0] for file in sources("dingtalk") for name in imports_of(file)} <= known


def test_inside_messages_a_part_imports_only_what_lies_below_it() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources("messages")
        for name in imports_of(file)
        if name.startswith("messages.")
        and (part := name.split(".")[1]) != part_of(file)
        and part not in INSIDE_MESSAGES.get(part_of(file), set())
    ]

    assert wrong == []


@pytest.mark.parametrize("package", ["robots", "audit"])
def test_inside_the_other_apps_nothing_imports_what_stands_above_it(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources(package)
        for name in imports_of(file)
        if name.startswith(f"{package}.") and _stands_above(part_of(file), name.split(".")[1])
    ]

    assert wrong == []


@pytest.mark.parametrize("place", PURE)
def test_what_decides_asks_neither_clock_nor_settings_nor_database(place: str) -> None:
    files = [ROOT / place] if place.endswith(".py") else sources(place)
    names = {name for file in files for name in imports_of(file)}

    assert not {name for name in names if name.startswith(("django.conf", "django.db", "django.utils.timezone"))}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_hides_inside_a_function(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources(package)
        for function in ast.walk(tree_of(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_framework_s_messages_are_called_flash(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources(package)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ImportFrom) and node.module == "django.contrib"
        for alias in node.names
        if alias.name == "messages" and alias.asname != "flash"
    ]

    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_catches_whatever_may_come(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources(package)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    ]

    assert wrong == []


def _stands_above(lower: str, upper: str) -> bool:
    if lower == "models":
        return upper != "models"
    return lower in SERVICES and (upper in ENTRANCES or (upper == "forms" and lower != "forms"))
