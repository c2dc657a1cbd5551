"""What people type and paste, made fit to send: nothing here changes what can be read."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from dingtalk.payloads.model import FIELDS, ITEMS, At, Field, Kind, Message
from dingtalk.text import clean_text

_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"(?P<start>[A-Za-z][A-Za-z0-9+.-]*://)(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"


def clean_url(url: str) -> str:
    """Percent-encode what a URL may not hold, once: DingTalk does not show pictures whose URL has raw Chinese in it."""
    url = clean_text(url).strip()
    parts = _AUTHORITY.fullmatch(url)
    if not parts or re.search(r"\s", parts["host"]) or re.search(r"[\n\t]", url):
        return url
    rest = quote(_BARE_PERCENT.sub("%25", parts["rest"]), safe=_URL_SAFE)
    return f"{parts['start']}{_ascii_host(parts['host'])}{rest}"


def cleaned(message: Message) -> Message:
    result: Message = _cleaned_part(message)
    return result


def cleaned_at(at: At) -> At:
    """Trimmed and each person once, in the order given."""
    return At(mobiles=_each_once(at.mobiles), user_ids=_each_once(at.user_ids), everyone=at.everyone)


def _cleaned_part(part: Any) -> Any:
    changes: dict[str, object] = {
        field.attribute: _clean_value(getattr(part, field.attribute), field) for field in FIELDS[type(part)]
    }
    if items := ITEMS.get(type(part)):
        changes[items.attribute] = tuple(_cleaned_part(item) for item in getattr(part, items.attribute))
    return replace(part, **changes)


def _clean_value(value: str, field: Field) -> str:
    if field.kind in {Kind.URL, Kind.PICTURE}:
        return clean_url(value)
    return clean_text(value) if field.required else clean_text(value).strip()


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean_text(name).strip() for name in names))
