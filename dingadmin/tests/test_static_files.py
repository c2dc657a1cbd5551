from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from dingadmin.home import Home
from dingadmin.static_files import collect_static


@pytest.fixture
def source(settings: Settings, tmp_path: Path) -> Path:
    """One style sheet of ours, and a home to collect into."""
    source = tmp_path / "static"
    source.mkdir()
    (source / "page.css").write_text("body { margin: 0 }", encoding="utf-8")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.HOME = Home(tmp_path)
    settings.STATIC_ROOT = tmp_path / "collected"
    return source


def test_static_files_are_collected_once(source: Path, tmp_path: Path) -> None:
    assert collect_static() is True
    assert (tmp_path / "collected" / "page.css").read_text(encoding="utf-8") == "body { margin: 0 }"

    assert collect_static() is False


def test_a_changed_file_is_collected_again(source: Path, tmp_path: Path) -> None:
    collect_static()
    (source / "page.css").write_text("body { margin: 1px }", encoding="utf-8")
    os.utime(source / "page.css", ns=(1, 1))

    assert collect_static() is True
    assert "1px" in (tmp_path / "collected" / "page.css").read_text(encoding="utf-8")


def test_a_removed_file_goes(source: Path, tmp_path: Path) -> None:
    (source / "old.css").touch()
    collect_static()
    (source / "old.css").unlink()

    assert collect_static() is True
    assert not (tmp_path / "collected" / "old.css").exists()


def test_what_was_collected_and_lost_is_collected_again(source: Path, tmp_path: Path) -> None:
    collect_static()
    (tmp_path / "collected").rename(tmp_path / "elsewhere")

    assert collect_static() is True
