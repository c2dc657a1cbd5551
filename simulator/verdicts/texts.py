"""The texts inside a message, wherever its type keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

TYPES = ("text", "link", "markdown", "actionCard", "feedCard")
_ADDRESS_KEYS = ("messageUrl", "picUrl", "singleURL", "actionURL", "messageURL", "picURL")


def searched_for_keywords(message: Mapping[str, object]) -> list[str]:
    """Title and body. Which texts DingTalk searches is not documented; that titles count is seen for many users."""
    return [text for key, text in strings(content_of(message)) if key in {"title", "text", "content"}]


def content_of(message: Mapping[str, object]) -> object:
    """The object that the msgtype names; for a type that does not exist, all of them."""
    msgtype = message.get("msgtype")
    if msgtype in TYPES:
        return message.get(str(msgtype))
    return [message.get(name) for name in TYPES]


def visible(message: Mapping[str, object]) -> list[str]:
    return [text for key, text in strings(content_of(message)) if key not in _ADDRESS_KEYS]


def addresses(message: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(key, text) for key, text in strings(content_of(message)) if key in _ADDRESS_KEYS]


def strings(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string with the key it stands under; a list's items stand under the list's key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from strings(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, key)
