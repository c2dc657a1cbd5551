from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

# SQLite took 999 parameters a query for long.
BATCH = 500


def in_batches(items: Sequence[Item], size: int = BATCH) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def repetitions(values: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """Of (line, value) pairs: each line whose value an earlier line has, with that line. Empty values are no values."""
    first: dict[str, int] = {}
    for line, value in values:
        if not value:
            continue
        if value in first:
            yield line, first[value]
        else:
            first[value] = line
