"""How much of what DingTalk takes a message uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NEARLY_FULL: Final = 0.9


@dataclass(frozen=True, slots=True)
class Size:
    """`group`: whose message it is, where groups differ; "" where they do not."""

    bytes: int
    limit: int
    group: str = ""

    @property
    def too_big(self) -> bool:
        return self.bytes > self.limit

    @property
    def nearly_full(self) -> bool:
        return not self.too_big and self.bytes > self.limit * NEARLY_FULL

    @property
    def bytes_shown(self) -> str:
        return f"{self.bytes:,}"

    @property
    def limit_shown(self) -> str:
        return f"{self.limit:,}"

    @property
    def percent(self) -> int:
        return self.bytes * 100 // self.limit
