"""Which Chromium the browser tests drive: one that is there, else playwright's own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
MISSING = (
    "NO CHROMIUM: install Debian's package chromium, or run `.venv/bin/python -m playwright install chromium`, "
    "or set CHROMIUM to the path of one"
)


def find_chromium() -> Path | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    return next(iter([*_mac_applications(), *_downloaded_by_playwright()]), None)


def require_chromium() -> Path:
    """The browser's path. Without one the test is skipped and listed in the summary; in CI it fails."""
    path = find_chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail(MISSING, pytrace=False)
    if path is None:
        pytest.skip(MISSING)
    return path


def _mac_applications() -> list[Path]:
    if sys.platform != "darwin":
        return []
    return [path for path in (Path("/Applications") / name for name in MAC_APPLICATIONS) if path.exists()]


def _downloaded_by_playwright() -> list[Path]:
    """The newest first."""
    default = "~/Library/Caches/ms-playwright" if sys.platform == "darwin" else "~/.cache/ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default).expanduser()
    found = [*folder.glob("chromium-*/chrome-*/chrome"), *folder.glob("chromium-*/chrome-*/*.app/Contents/MacOS/*")]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


if __name__ == "__main__":
    sys.exit(0 if find_chromium() else MISSING)
