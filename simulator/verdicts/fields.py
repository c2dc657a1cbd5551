"""The fields that a message of each type must have, and the codes for those that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.verdicts.texts import TYPES
from simulator.verdicts.verdict import Case, Check, Refusal
from simulator.wordings import Answer

# Six of these numbers were seen; the others follow from the order in which the newer API lists the same checks.
OBJECT: Final = {"text": 400201, "link": 400301, "markdown": 400401, "actionCard": 400501, "feedCard": 400601}
STRINGS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "text": (("content", 400202),),
    "link": (("text", 400302), ("title", 400303), ("messageUrl", 400304)),
    "markdown": (("title", 400402), ("text", 400403)),
    "actionCard": (("title", 400502), ("text", 400503)),
    "feedCard": (),
}
SINGLE_TITLE, SINGLE_URL, BUTTONS, BUTTON_TITLE, BUTTON_URL, ORIENTATION = range(400504, 400510)
LINKS, LINK_TITLE, LINK_URL, LINK_PICTURE = range(400602, 400606)


def msgtype(case: Case) -> Refusal | None:
    given = case.message.get("msgtype")
    if given in TYPES:
        return None
    return Refusal(400105, Answer.MSGTYPE, {"msgtype": given if isinstance(given, str) else ""})


def required(case: Case) -> Refusal | None:
    kind = str(case.message["msgtype"])
    content = case.message.get(kind)
    if not isinstance(content, dict):
        return Refusal(OBJECT[kind], Answer.MISSING_OBJECT, {"name": kind})
    return (
        _first_missing(kind, content, STRINGS[kind])
        or (_card(content) if kind == "actionCard" else None)
        or (_feed(content) if kind == "feedCard" else None)
    )


def _first_missing(parent: str, content: Mapping[str, object], expected: tuple[tuple[str, int], ...]) -> Refusal | None:
    for name, errcode in expected:
        if not _is_filled(content.get(name)):
            return _missing(errcode, parent, name)
    return None


def _card(content: Mapping[str, object]) -> Refusal | None:
    single = content.get("singleTitle") or content.get("singleURL")
    if content.get("btnOrientation", "0") not in ("0", "1", 0, 1):
        return _missing(ORIENTATION, "actionCard", "btnOrientation")
    if single:
        pair = (("singleTitle", SINGLE_TITLE), ("singleURL", SINGLE_URL))
        return _first_missing("actionCard", content, pair)
    codes = (("title", BUTTON_TITLE), ("actionURL", BUTTON_URL))
    return _items("actionCard", "btns", BUTTONS, content.get("btns"), codes)


def _feed(content: Mapping[str, object]) -> Refusal | None:
    codes = (("title", LINK_TITLE), ("messageURL", LINK_URL), ("picURL", LINK_PICTURE))
    return _items("feedCard", "links", LINKS, content.get("links"), codes)


def _items(
    parent: str, name: str, errcode: int, items: object, expected: tuple[tuple[str, int], ...]
) -> Refusal | None:
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return _missing(errcode, parent, name)
    refusals = (_first_missing(f"{parent}->{name}", item, expected) for item in items)
    return next((refusal for refusal in refusals if refusal), None)


def _missing(errcode: int, parent: str, name: str) -> Refusal:
    return Refusal(errcode, Answer.MISSING, {"parent": parent, "name": name})


def _is_filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


CHECKS: Final[tuple[Check, ...]] = (msgtype, required)
