from __future__ import annotations

import time
from collections.abc import Callable, Sequence

LAST_LINES = 40


def wait_for(condition: Callable[[], object], *, seconds: float, what: str, log: Sequence[str] = ()) -> None:
    """Look again and again until it holds. `log` may grow meanwhile: its end is shown when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds:g} s\n" + "\n".join(log[-LAST_LINES:]))
        time.sleep(0.05)
