"""Contents as they are stored, under their type's name: as DingTalk's message, and text by text, however deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dingtalk.payloads import Message, message_from_dict


def message_of(msgtype: str, content: Mapping[str, Any]) -> Message:
    """Raises PayloadError when the content does not have the shape that the type wants."""
    return message_from_dict({"msgtype": msgtype, msgtype: content})


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            yield from texts_in(list(value.values()))
        case list() | tuple():
            for inner in value:
                yield from texts_in(inner)


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same content with every text changed."""
    match value:
        case str():
            return change(value)
        case Mapping():
            return {key: mapped(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [mapped(inner, change) for inner in value]
        case _:
            return value
