"""Rows of buttons and of a feed's links: added, taken away and moved, as values."""

from __future__ import annotations

from messages.forms.typed import MAX_ROWS, Row

MAX_BUTTONS = 5  # as DingTalk's own card templates; more do not fit on a phone


def added(rows: tuple[Row, ...], *, most: int = MAX_ROWS) -> tuple[Row, ...]:
    return rows if len(rows) >= most else (*rows, Row())


def removed(rows: tuple[Row, ...], position: int) -> tuple[Row, ...]:
    """The last row is emptied rather than taken away: there is always one to type into."""
    return tuple(row for number, row in enumerate(rows) if number != position) or (Row(),)


def moved(rows: tuple[Row, ...], position: int, *, by: int) -> tuple[Row, ...]:
    """Past either end nothing moves."""
    target = position + by
    if not (0 <= position < len(rows) and 0 <= target < len(rows)):
        return rows
    changed = list(rows)
    changed[position], changed[target] = changed[target], changed[position]
    return tuple(changed)
