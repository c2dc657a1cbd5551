"""Cells that spreadsheets would run as a formula: an apostrophe keeps them from it, and is taken off at import."""

from __future__ import annotations

import re
from typing import Final

# One that begins with apostrophes of its own gets one more, so that nothing but this one is taken off.
_RUNS: Final = re.compile(r"'*[=+\-@\t\r]")


def harmless(cell: str) -> str:
    return f"'{cell}" if _RUNS.match(cell) else cell


def restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
