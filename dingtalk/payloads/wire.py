"""Messages as JSON: which keys, in which case, in which order, as which bytes."""

import json
import re

from dingtalk.payloads.cleaning import cleaned, cleaned_at
from dingtalk.payloads.mentions import place_mentions
from dingtalk.payloads.model import FIELDS, ITEMS, At, Message, Part, items_of, msgtype_of

_MSG_UUID = re.compile(r"[0-9A-Za-z-]{36}")
_SPLICE = ',"msgUuid":"{}"'

# A msgUuid is a UUID in its usual 36 characters, so that the size of what goes out is known before there is one.
MSG_UUID_BYTES: int = len(_SPLICE.format("0" * 36))


def message_to_dict(message: Message) -> dict[str, object]:
    """The body without at and msgUuid. No nulls: a field that is not used is not there."""
    msgtype = msgtype_of(message)
    return {"msgtype": msgtype, msgtype: _part_to_dict(message)}


def body_bytes(message: Message, at: At) -> bytes:
    """The body without msgUuid, cleaned and with its mentions placed, checked for nothing.

    Not ASCII-escaped: a Chinese character is three bytes instead of six, and the limit counts bytes.
    """
    return clean_body_bytes(cleaned(message), cleaned_at(at))


def clean_body_bytes(message: Message, at: At) -> bytes:
    """The same for what is cleaned already."""
    body = message_to_dict(place_mentions(message, at))
    if at:
        body["at"] = _at_to_dict(at)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def with_msg_uuid(body: bytes, msg_uuid: str) -> bytes:
    """The body with its idempotency key spliced in: the bytes that were checked and stored stay as they are."""
    if not _MSG_UUID.fullmatch(msg_uuid):
        raise ValueError("a msgUuid has 36 letters, digits and hyphens")
    if not (body.startswith(b"{") and body.endswith(b"}")) or len(body) < 3:
        raise ValueError("the body is not a JSON object with members")
    return body[:-1] + _SPLICE.format(msg_uuid).encode() + b"}"


def size_with_uuid(body: bytes) -> int:
    return len(body) + MSG_UUID_BYTES


def _part_to_dict(part: Part) -> dict[str, object]:
    written: dict[str, object] = {}
    for field in FIELDS[type(part)]:
        value = getattr(part, field.attribute)
        if value or field.required:
            written[field.key] = value
    items = ITEMS.get(type(part))
    if items and (items.required or items_of(part)):
        written[items.key] = [_part_to_dict(item) for item in items_of(part)]
    return written


def _at_to_dict(at: At) -> dict[str, object]:
    """isAtAll belongs inside `at`; beside msgtype it does nothing."""
    written: dict[str, object] = {}
    if at.mobiles:
        written["atMobiles"] = list(at.mobiles)
    if at.user_ids:
        written["atUserIds"] = list(at.user_ids)
    return {**written, "isAtAll": at.everyone}
