"""Quiet hours of an organisation or a tag, as their own services write them."""

from __future__ import annotations

from datetime import time
from typing import TypedDict

from robots.models.quiet import WithQuietHours


class QuietFields(TypedDict, total=False):
    """Named like the model's own fields, whose constraints hold."""

    quiet_from: time | None
    quiet_until: time | None
    quiet_zone: str
    quiet_mode: str


def set_quiet_hours(owner: WithQuietHours, quiet: QuietFields) -> None:
    """Saves nothing."""
    for name, value in quiet.items():
        setattr(owner, name, value)
