"""Bodies as DingTalk takes them, read into messages: strictly, because DingTalk ignores a wrong key in silence."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dingtalk.payloads.faults import PayloadError, Problem, ProblemCode
from dingtalk.payloads.model import FIELDS, ITEMS, MSGTYPES, Message, Part

_ADDED_WHEN_SENT = ("at", "msgUuid")


def message_from_dict(body: Mapping[str, object]) -> Message:
    """The message of a body without at and msgUuid. Raises PayloadError naming every wrong place.

    Only the shape is judged here; what a message says is judged by problems().
    """
    msgtype = body.get("msgtype")
    if not isinstance(msgtype, str) or msgtype not in MSGTYPES:
        raise PayloadError([_msgtype_problem(body)])
    found = [*_top_problems(body, msgtype)]
    inner = body.get(msgtype)
    if msgtype in body:
        found += _part_problems(inner, MSGTYPES[msgtype], "", msgtype)
    if found:
        raise PayloadError(found)
    message: Message = _read(inner, MSGTYPES[msgtype])
    return message


def _msgtype_problem(body: Mapping[str, object]) -> Problem:
    allowed = ", ".join(MSGTYPES)
    if "msgtype" not in body:
        return Problem(ProblemCode.MSGTYPE_MISSING, "msgtype", {"allowed": allowed})
    value = body["msgtype"]
    if not isinstance(value, str):
        return _wrong_type("msgtype", "string", value)
    return Problem(ProblemCode.MSGTYPE_UNKNOWN, "msgtype", {"msgtype": value[:100], "allowed": allowed})


def _top_problems(body: Mapping[str, object], msgtype: str) -> Iterator[Problem]:
    for key in body:
        if key in _ADDED_WHEN_SENT:
            yield Problem(ProblemCode.KEY_ELSEWHERE, key)
    yield from _key_problems(body, ("msgtype", msgtype, *_ADDED_WHEN_SENT), ("msgtype", msgtype), "")


def _part_problems(value: object, kind: type[Part], place: str, own_place: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield _wrong_type(own_place, "object", value)
        return
    fields, items = FIELDS[kind], ITEMS.get(kind)
    keys = [field.key for field in fields] + ([items.key] if items else [])
    required = [field.key for field in fields if field.required] + ([items.key] if items and items.required else [])
    yield from _key_problems(value, keys, required, place)
    for field in fields:
        if field.key in value and not isinstance(value[field.key], str):
            yield _wrong_type(f"{place}{field.key}", "string", value[field.key])
    if items and items.key in value:
        yield from _item_problems(value[items.key], items.part, f"{place}{items.key}")


def _item_problems(value: object, kind: type[Part], place: str) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield _wrong_type(place, "array", value)
        return
    for position, item in enumerate(value):
        yield from _part_problems(item, kind, f"{place}.{position}.", f"{place}.{position}")


def _key_problems(
    value: Mapping[Any, object], known: Iterable[str], required: Iterable[str], place: str
) -> Iterator[Problem]:
    right_case = {key.casefold(): key for key in known}
    mistaken: set[str] = set()
    for key in map(str, value):
        expected = right_case.get(key.casefold())
        if expected is None:
            yield Problem(ProblemCode.KEY_UNKNOWN, f"{place}{key[:100]}")
        elif expected != key:
            mistaken.add(expected)
            yield Problem(ProblemCode.KEY_WRONG_CASE, f"{place}{key}", {"expected": expected})
    for key in required:
        if key not in value and key not in mistaken:
            yield Problem(ProblemCode.KEY_MISSING, f"{place}{key}")


def _read(value: Any, kind: type[Any]) -> Any:
    """A value whose shape was found right, as its message or part."""
    read: dict[str, object] = {field.attribute: value[field.key] for field in FIELDS[kind] if field.key in value}
    if (items := ITEMS.get(kind)) and items.key in value:
        read[items.attribute] = tuple(_read(item, items.part) for item in value[items.key])
    return kind(**read)


def _wrong_type(place: str, expected: str, value: object) -> Problem:
    return Problem(ProblemCode.TYPE_WRONG, place, {"expected": expected, "found": _json_type(value)})


def _json_type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "object"
        case _:
            return "array"
