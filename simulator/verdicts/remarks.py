"""What is worth telling about a message that was accepted: chiefly the mentions that will reach nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from simulator.diagnoses import Diagnosis, Note
from simulator.verdicts.texts import visible
from simulator.verdicts.verdict import Case

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


def remarks(case: Case) -> tuple[Note, ...]:
    return (*case.body.notes, *_envelope(case), *_fields(case.message), *_mentions(case))


def _envelope(case: Case) -> Iterator[Note]:
    charset = _CHARSET.search(case.call.headers.get("content-type", ""))
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        yield Note(Diagnosis.CHARSET_NOT_UTF8)
    for name in ("access_token", "timestamp", "sign"):
        if len(case.call.values(name)) > 1:
            yield Note(Diagnosis.REPEATED_PARAMETER, {"name": name})
    if not case.known_group.secret and case.call.first("sign"):
        yield Note(Diagnosis.SIGNED_WITHOUT_NEED)
    if not case.message.get("msgUuid"):
        yield Note(Diagnosis.NO_MSG_UUID)


def _fields(message: Mapping[str, object]) -> Iterator[Note]:
    content = message.get(str(message.get("msgtype")))
    if not isinstance(content, dict):
        return
    for key, value in content.items():
        if value in ("", []):
            yield Note(Diagnosis.EMPTY_FIELD, {"key": key})
    if content.get("singleURL") and content.get("btns"):
        yield Note(Diagnosis.BUTTONS_IGNORED)


def _mentions(case: Case) -> Iterator[Note]:
    at, kind = case.message.get("at"), case.message.get("msgtype")
    if not isinstance(at, dict) or kind in {"link", "feedCard"}:
        return
    text, members = " ".join(visible(case.message)), case.known_group.members
    mobiles, user_ids = mentioned(at, "atMobiles"), mentioned(at, "atUserIds")
    for number, one in enumerate((*mobiles, *user_ids), start=1):
        if f"@{one}" not in text:
            yield Note(Diagnosis.MENTION_NOT_IN_TEXT, {"number": str(number)})
    known = {member["mobile"] for member in members} | {member["user_id"] for member in members}
    strangers = [one for one in (*mobiles, *user_ids) if one not in known]
    if strangers:
        yield Note(Diagnosis.MENTION_NOT_A_MEMBER, {"count": str(len(strangers))})
    if user_ids and case.known_group.external:
        yield Note(Diagnosis.MENTION_EXTERNAL)
    if kind == "actionCard" and (mobiles or at.get("isAtAll")):
        yield Note(Diagnosis.MENTION_IN_CARD)


def mentioned(at: Mapping[str, object], key: str) -> list[str]:
    """The ids under a key as texts; a lenient simulator reads numbers too."""
    ids = at.get(key)
    return [str(one) for one in ids if isinstance(one, str | int)] if isinstance(ids, list) else []
