"""Reading a body as DingTalk does: JSON, or the form encoding of its own SDK."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from simulator.diagnoses import Diagnosis, Note

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MAX_DEPTH: Final = 100
MAX_READ: Final = 1_000_000  # of what is longer, the rest is not even taken off the wire
_OBJECTS: Final = ("text", "link", "markdown", "actionCard", "feedCard", "at")


@dataclass(frozen=True, slots=True)
class Body:
    """`message` is None when the body cannot be read; the notes say why, or what was odd all the same."""

    message: Mapping[str, object] | None
    notes: tuple[Note, ...] = ()


class UnreadableError(ValueError):
    def __init__(self, note: Note) -> None:
        super().__init__(note.diagnosis)
        self.note = note


def read(media_type: str, raw: bytes) -> Body:
    if len(raw) > MAX_READ:
        return Body({})  # cut off, so it cannot be parsed; the check of the size refuses it anyway
    try:
        return _read_form(raw) if media_type == FORM else _read_json(raw)
    except UnreadableError as unreadable:
        return Body(None, (unreadable.note,))


def _read_json(raw: bytes) -> Body:
    text = _text(raw)
    value, repeated = _parse(text)
    if not isinstance(value, dict):
        raise UnreadableError(Note(Diagnosis.BODY_NOT_OBJECT))
    return Body(value, tuple(Note(Diagnosis.DUPLICATE_KEY, {"key": key}) for key in repeated))


def _read_form(raw: bytes) -> Body:
    try:
        fields = dict(parse_qsl(_text(raw), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise UnreadableError(Note(Diagnosis.BODY_NOT_UTF8)) from None
    message = {key: _parse(value)[0] if key in _OBJECTS else value for key, value in fields.items()}
    return Body(message, (Note(Diagnosis.FORM_ENCODED),))


def _text(raw: bytes) -> str:
    if not raw.strip():
        raise UnreadableError(Note(Diagnosis.BODY_EMPTY))
    if raw.startswith(b"\xef\xbb\xbf"):
        raise UnreadableError(Note(Diagnosis.BODY_WITH_BOM))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError(Note(Diagnosis.BODY_NOT_UTF8)) from None


def _parse(text: str) -> tuple[object, list[str]]:
    """The value, and the keys that came twice in one object."""
    repeated: list[str] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _value in items]
        repeated.extend(sorted({key for key in keys if keys.count(key) > 1}))
        return dict(items)

    try:
        value: object = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse_constant)
        depth, lone_surrogate = _survey(value)
    except RecursionError:
        raise UnreadableError(Note(Diagnosis.BODY_TOO_DEEP)) from None
    except ValueError:
        raise UnreadableError(_why_not_json(text)) from None
    if depth > MAX_DEPTH:
        raise UnreadableError(Note(Diagnosis.BODY_TOO_DEEP))
    if lone_surrogate:
        raise UnreadableError(Note(Diagnosis.BODY_SURROGATE))
    return value, repeated


def _refuse_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _survey(value: object) -> tuple[int, bool]:
    """How deep the value is nested, and whether half of a surrogate pair stands in any of its strings."""
    depth, lone, level = 0, False, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        below: list[object] = []
        for item in level:
            if isinstance(item, str):
                lone = lone or bool(_SURROGATE.search(item))
            elif isinstance(item, dict):
                below.extend((*item.keys(), *item.values()))
            elif isinstance(item, list):
                below.extend(item)
        level = below
    return depth, lone


_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_FORM_LIKE = re.compile(r"[A-Za-z]+=")


def _why_not_json(text: str) -> Note:
    if _FORM_LIKE.match(text):
        return Note(Diagnosis.FORM_WITH_JSON_HEADER)
    if any(ord(char) < 0x20 for string in _STRING.findall(text) for char in string):
        return Note(Diagnosis.BODY_RAW_CONTROL)
    return Note(Diagnosis.BODY_NOT_JSON)
