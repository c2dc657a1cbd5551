"""Where on the compose page a fault of the message belongs: DingTalk's keys to the names of our fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from messages.forms.typed import Row, Typed

_FIELDS: Final = {
    "content": "text",
    "messageUrl": "url",
    "messageURL": "url",
    "actionURL": "url",
    "singleURL": "url",
    "picUrl": "picture",
    "picURL": "picture",
    "singleTitle": "single_title",
    "btnOrientation": "orientation",
    "hideAvatar": "hide_avatar",
    "links": "feed",
    "btns": "buttons",
    "at": "mentions",
    "body": "size",
}
_ROWS: Final = {"links": "feed", "btns": "button"}


def field_of(place: str, typed: Typed) -> str:
    """`title`, `text`, …; `button-0-title` and `feed-2-url` in a row; `buttons`, `feed`, `mentions`, `size`.

    A row's number is its place on the page (see on_page).
    """
    head, _dot, rest = place.partition(".")
    position, _dot, key = rest.partition(".")
    if head in _ROWS and key:
        return f"{_ROWS[head]}-{position}-{_FIELDS.get(key, key)}"
    if head == "singleTitle" and typed.buttons_card:
        return "buttons"
    return _FIELDS.get(head, head)


def on_page(place: str, typed: Typed) -> str:
    """The same place with the row's number on the page: rows that are empty stand there and not in the message."""
    head, _dot, rest = place.partition(".")
    position, _dot, key = rest.partition(".")
    if head not in _ROWS or not key:
        return place
    return f"{head}.{_filled(typed.feed if head == 'links' else typed.buttons)[int(position)]}.{key}"


def _filled(rows: Sequence[Row]) -> list[int]:
    return [number for number, row in enumerate(rows) if row]
