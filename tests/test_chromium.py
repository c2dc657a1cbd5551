"""How the browser tests find their browser, and what they say when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.chromium import MISSING, find_chromium, require_chromium


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser; the folder is playwright's."""
    for name in ("CHROMIUM", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setattr(chromium, "_mac_applications", list)
    return tmp_path


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.touch(mode=0o755)
    return path


def test_the_one_that_is_named_wins(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(nowhere / "bin" / "chromium")
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")

    assert find_chromium() == Path("/opt/chromium")


def test_one_that_is_installed_comes_before_playwright_s(nowhere: Path) -> None:
    executable(nowhere / "playwright" / "chromium-1200" / "chrome-linux" / "chrome")
    installed = executable(nowhere / "bin" / "google-chrome")

    assert find_chromium() == installed


def test_playwright_s_own_is_found(nowhere: Path) -> None:
    own = executable(nowhere / "playwright" / "chromium-1200" / "chrome-linux64" / "chrome")

    assert require_chromium() == own


def test_without_one_the_test_is_skipped_with_a_word_that_is_seen(nowhere: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="NO CHROMIUM"):
        require_chromium()


def test_without_one_ci_is_red(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match=MISSING[:11]):
        require_chromium()
