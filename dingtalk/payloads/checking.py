"""Everything that would be refused, found before anything is sent."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from dingtalk.payloads.cleaning import cleaned, cleaned_at
from dingtalk.payloads.faults import PayloadError, Problem, ProblemCode
from dingtalk.payloads.mentions import count_mentions, honours_mentions
from dingtalk.payloads.model import (
    FIELDS,
    ITEMS,
    MAX_BODY_BYTES,
    MAX_MENTIONS,
    NOBODY,
    ActionCard,
    At,
    FeedCard,
    Field,
    Kind,
    Message,
    Part,
    items_of,
    msgtype_of,
)
from dingtalk.payloads.wire import clean_body_bytes, size_with_uuid

_MEDIA_ID = re.compile(r"@[A-Za-z0-9_-]+")
_MOBILE = re.compile(r"[+0-9][0-9-]{4,19}")
_SWITCH = ("0", "1")


def problems(message: Message, at: At = NOBODY) -> tuple[Problem, ...]:
    """All of them, so that a person mends the message once. Judged as it would go out: cleaned, with its mentions."""
    return examined(message, at)[0]


def build(message: Message, at: At = NOBODY) -> bytes:
    """The exact bytes that go out, but for msgUuid (see with_msg_uuid). Raises PayloadError with every problem."""
    found, body = examined(message, at)
    if found:
        raise PayloadError(found)
    return body


def examined(message: Message, at: At = NOBODY) -> tuple[tuple[Problem, ...], bytes]:
    """Every problem, and the bytes that would go out if there were none."""
    message, at = cleaned(message), cleaned_at(at)
    body = clean_body_bytes(message, at)
    found = (
        *_part_problems(message, ""),
        *_list_problems(message),
        *_mention_problems(message, at),
        *_size_problems(size_with_uuid(body)),
    )
    return found, body


def _part_problems(part: Part, place: str) -> Iterator[Problem]:
    for field in FIELDS[type(part)]:
        yield from _field_problems(field, getattr(part, field.attribute), f"{place}{field.key}")
    if items := ITEMS.get(type(part)):
        for position, item in enumerate(items_of(part)):
            yield from _part_problems(item, f"{place}{items.key}.{position}.")


def _field_problems(field: Field, value: str, place: str) -> Iterator[Problem]:
    if not value.strip():
        if field.required:
            yield Problem(ProblemCode.EMPTY, place)
    elif field.kind is Kind.URL and not _is_absolute(value, {"http", "https", "dingtalk"}):
        yield Problem(ProblemCode.URL_NOT_ABSOLUTE, place)
    elif field.kind is Kind.PICTURE and not (_is_absolute(value, {"http", "https"}) or _MEDIA_ID.fullmatch(value)):
        yield Problem(ProblemCode.PICTURE_NOT_ABSOLUTE, place)
    elif field.kind is Kind.SWITCH and value not in _SWITCH:
        yield Problem(ProblemCode.VALUE_UNKNOWN, place, {"allowed": ", ".join(_SWITCH)})


def _list_problems(message: Message) -> Iterator[Problem]:
    match message:
        case FeedCard(links=()):
            yield Problem(ProblemCode.LINKS_EMPTY, "links")
        case ActionCard():
            yield from _card_problems(message)


def _card_problems(card: ActionCard) -> Iterator[Problem]:
    title, url = card.single_title.strip(), card.single_url
    if (title or url) and card.buttons:
        # DingTalk would show the single jump and ignore the buttons, in silence.
        yield Problem(ProblemCode.CARD_WITH_BOTH, "btns")
    elif not (title or url or card.buttons):
        yield Problem(ProblemCode.CARD_WITHOUT_ACTION, "singleTitle")
    elif not card.buttons and not (title and url):
        yield Problem(ProblemCode.EMPTY, "singleURL" if title else "singleTitle")


def _mention_problems(message: Message, at: At) -> Iterator[Problem]:
    if at and not honours_mentions(message):
        yield Problem(ProblemCode.MENTIONS_NOT_SUPPORTED, "at", {"msgtype": msgtype_of(message)})
    if count_mentions(at) > MAX_MENTIONS:
        yield Problem(ProblemCode.TOO_MANY_MENTIONS, "at", {"count": count_mentions(at), "limit": MAX_MENTIONS})
    for position, mobile in enumerate(at.mobiles, start=1):
        if not _MOBILE.fullmatch(mobile):
            yield Problem(ProblemCode.MENTION_MALFORMED, "at.atMobiles", {"position": position})
    for position, user_id in enumerate(at.user_ids, start=1):
        if not user_id or re.search(r"\s", user_id):
            yield Problem(ProblemCode.MENTION_MALFORMED, "at.atUserIds", {"position": position})


def _size_problems(size: int) -> Iterator[Problem]:
    if size > MAX_BODY_BYTES:
        yield Problem(ProblemCode.TOO_LONG, "body", {"size": size, "limit": MAX_BODY_BYTES})


def _is_absolute(url: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and url.isascii() and not re.search(r"\s", url)
