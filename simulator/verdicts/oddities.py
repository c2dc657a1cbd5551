"""What a careful sender never sends. Strict mode refuses it; lenient mode lets it pass and takes a note."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from simulator.diagnoses import Diagnosis, Note
from simulator.verdicts.bodies import JSON
from simulator.verdicts.texts import TYPES, addresses
from simulator.verdicts.verdict import Case

MAX_MENTIONS: Final = 50
WITHOUT_MENTIONS: Final = ("link", "feedCard")
AT_KEYS: Final = ("atMobiles", "atUserIds", "isAtAll")
CONTENT_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("content",),
    "link": ("title", "text", "messageUrl", "picUrl"),
    "markdown": ("title", "text"),
    "actionCard": ("title", "text", "singleTitle", "singleURL", "btnOrientation", "hideAvatar", "btns"),
    "feedCard": ("links",),
}
ITEM_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "btns": ("title", "actionURL"),
    "links": ("title", "messageURL", "picURL"),
}
# A \u escape of a character that JSON lets stand as it is; the backslash must not itself be escaped.
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[01][0-9a-fA-F]|007[fF])[0-9a-fA-F]{4}")


def oddities(case: Case) -> tuple[Note, ...]:
    message = case.message
    return (*_keys(message), *_strings(message), *_mentions(message), *_urls(message), *_escapes(case))


def _keys(message: Mapping[str, object]) -> Iterator[Note]:
    kind = message.get("msgtype")
    yield from _known(message, ("msgtype", "at", "msgUuid", *([str(kind)] if kind in TYPES else TYPES)))
    content = message.get(str(kind))
    if isinstance(content, dict):
        yield from _known(content, CONTENT_KEYS.get(str(kind), ()))
        for name, keys in ITEM_KEYS.items():
            for item in _objects(content.get(name)):
                yield from _known(item, keys)


def _known(value: Mapping[str, object], known: tuple[str, ...]) -> Iterator[Note]:
    right_case = {key.lower(): key for key in known}
    for key, item in value.items():
        if item is None:
            yield Note(Diagnosis.NULL, {"key": key})
        elif key in known:
            continue
        elif key in AT_KEYS and "at" in known:
            yield Note(Diagnosis.AT_ALL_AT_TOP, {"key": key})
        elif key.lower() in right_case:
            yield Note(Diagnosis.WRONG_CASE, {"key": key, "right": right_case[key.lower()]})
        else:
            yield Note(Diagnosis.UNKNOWN_KEY, {"key": key[:60]})


def _strings(message: Mapping[str, object]) -> Iterator[Note]:
    """Numbers and the like where DingTalk's description says string."""
    content = message.get(str(message.get("msgtype")))
    if isinstance(content, dict):
        for name in ("picUrl", "btnOrientation", "hideAvatar"):
            if not isinstance(content.get(name, ""), str | None):
                yield Note(Diagnosis.NOT_A_STRING, {"key": name})
        if content.get("hideAvatar", "0") not in ("0", "1", 0, 1, None):
            yield Note(Diagnosis.NOT_A_BOOLEAN, {"key": "hideAvatar"})
    uuid = message.get("msgUuid", "-")
    if uuid is not None and not (isinstance(uuid, str) and uuid.strip()):
        yield Note(Diagnosis.MSG_UUID_NOT_TEXT)


def _mentions(message: Mapping[str, object]) -> Iterator[Note]:
    if message.get("at") is None:
        return
    at, kind = message["at"], str(message.get("msgtype"))
    if kind in WITHOUT_MENTIONS:
        yield Note(Diagnosis.AT_NOT_HONOURED, {"type": kind})
    if not isinstance(at, dict):
        yield Note(Diagnosis.NOT_AN_OBJECT, {"key": "at"})
        return
    yield from _known(at, AT_KEYS)
    people = 0
    for name in ("atMobiles", "atUserIds"):
        ids = at.get(name, [])
        if ids is not None and not isinstance(ids, list):
            yield Note(Diagnosis.NOT_A_LIST, {"key": name})
        elif isinstance(ids, list):
            people += len(ids)
            if not all(isinstance(one, str) and one for one in ids):
                yield Note(Diagnosis.NOT_A_STRING, {"key": name})
    if not isinstance(at.get("isAtAll", False), bool | None):
        yield Note(Diagnosis.NOT_A_BOOLEAN, {"key": "isAtAll"})
    if people > MAX_MENTIONS:
        yield Note(Diagnosis.AT_TOO_MANY, {"count": str(people)})


def _urls(message: Mapping[str, object]) -> Iterator[Note]:
    for key, url in addresses(message):
        is_picture = key.lower() == "picurl"
        if not (_is_address(url) or (is_picture and (not url or url.startswith("@")))):
            yield Note(Diagnosis.NOT_AN_ADDRESS, {"key": key})


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isascii() and not re.search(r"[\s\x00-\x1f\x7f]", url)
    return plain and parts.scheme in {"http", "https", "dingtalk"} and bool(parts.netloc)


def _escapes(case: Case) -> Iterator[Note]:
    if case.call.media_type == JSON and _ESCAPED.search(case.call.body):
        yield Note(Diagnosis.ASCII_ESCAPED)


def _objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
