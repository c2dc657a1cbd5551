"""What a person did with one occurrence of a series, by its key. Without the change it is as it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChangeKind(StrEnum):
    SKIP = "skip"
    MOVE = "move"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Change:
    """`to`: where a moved one goes, a wall time in the rule's zone. `at`: when it was done, in UTC."""

    key: datetime
    kind: ChangeKind
    to: datetime | None = None
    by: str = ""
    at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.kind is ChangeKind.MOVE) is not (self.to is not None):
            raise ValueError("a moved occurrence, and no other, has a place where it goes")
