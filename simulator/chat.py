"""A chat's messages as DingTalk's client would draw them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from simulator import markdown
from simulator.markdown import MENTION, Piece
from simulator.models import ChatMessage, Group
from simulator.verdicts.remarks import mentioned

NO_HTML: Final = SafeString("")
Split = Callable[[str], list[Piece]]


@dataclass(frozen=True, slots=True)
class Jump:
    title: str
    url: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """What templates/ui/_bubble.html draws."""

    kind: str
    sender: str
    time: str
    html: SafeString = NO_HTML
    title: str = ""
    text: str = ""
    url: str = ""
    picture: str = ""
    buttons: tuple[Jump, ...] = ()
    horizontal: bool = False
    links: tuple[Jump, ...] = ()
    hide_avatar: bool = False


def bubble_of(chat_message: ChatMessage, group: Group) -> Bubble:
    message = chat_message.message
    kind = str(message["msgtype"])
    moment = f"{timezone.localtime(chat_message.accepted_at):%H:%M:%S}"
    parts = _PARTS[kind](message[kind], partial(split_mentions, names=names_of(message, group)))
    if _everyone(message) and "html" in parts:
        parts["html"] = format_html("{} {}", parts["html"], format_html(MENTION, f"@{_('everyone')}"))
    return Bubble(kind, group.robot_name, moment, **parts)


def summary_of(message: Mapping[str, Any]) -> str:
    """What stands in the list of chats: the title where the type has one, else the first line."""
    kind = str(message["msgtype"])
    content = message[kind]
    if kind == "feedCard":
        return str(content["links"][0]["title"])
    if kind == "text":
        return next((line.strip() for line in str(content["content"]).splitlines() if line.strip()), "")
    return str(content["title"])


def names_of(message: Mapping[str, Any], group: Group) -> dict[str, str]:
    """Each mentioned id with the name that is shown for it; of strangers the masked number."""
    at = message.get("at")
    if not isinstance(at, dict):
        return {}
    members = {key: member["name"] for member in group.members for key in (member["mobile"], member["user_id"]) if key}
    ids = (*mentioned(at, "atMobiles"), *mentioned(at, "atUserIds"))
    return {one: members.get(one) or _masked(one) for one in ids}


def split_mentions(text: str, *, names: Mapping[str, str]) -> list[Piece]:
    """Cut the text at every `@id`; the longer id goes first, so that @123 does not eat the start of @1234."""
    if not names:
        return [(text, False)]
    pattern = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    return list(_pieces(text, re.compile(f"@({pattern})"), names))


def _pieces(text: str, pattern: re.Pattern[str], names: Mapping[str, str]) -> Iterator[Piece]:
    end = 0
    for found in pattern.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], False
        yield f"@{names[found[1]]}", True
        end = found.end()
    if end < len(text):
        yield text[end:], False


def _masked(one: str) -> str:
    return f"{one[:3]}****{one[-4:]}" if one.isdigit() and len(one) >= 8 else one


def _everyone(message: Mapping[str, Any]) -> bool:
    at = message.get("at")
    return isinstance(at, dict) and at.get("isAtAll") is True


def _text(content: Mapping[str, Any], split: Split) -> dict[str, Any]:
    return {"html": markdown.render_plain(content["content"], split)}


def _markdown(content: Mapping[str, Any], split: Split) -> dict[str, Any]:
    return {"html": markdown.render(content["text"], split)}


def _link(content: Mapping[str, Any], split: Split) -> dict[str, Any]:
    return {
        "title": content["title"],
        "text": content["text"],
        "url": _clickable(content["messageUrl"]),
        "picture": _picture(content.get("picUrl")),
    }


def _card(content: Mapping[str, Any], split: Split) -> dict[str, Any]:
    if content.get("singleTitle"):
        buttons = [Jump(content["singleTitle"], _clickable(content["singleURL"]))]
    else:
        buttons = [Jump(button["title"], _clickable(button["actionURL"])) for button in content["btns"]]
    return {
        "html": markdown.render(content["text"], split),
        "buttons": tuple(buttons),
        "horizontal": str(content.get("btnOrientation")) == "1",
        "hide_avatar": str(content.get("hideAvatar")) == "1",
    }


def _feed(content: Mapping[str, Any], split: Split) -> dict[str, Any]:
    links = content["links"]
    return {"links": tuple(Jump(one["title"], _clickable(one["messageURL"]), _picture(one["picURL"])) for one in links)}


def _clickable(url: str) -> str:
    return url if _scheme(url) in {"http", "https", "dingtalk"} else ""


def _picture(url: object) -> str:
    """Pages load pictures over https only; a media id means something to DingTalk alone."""
    return url if isinstance(url, str) and _scheme(url) == "https" else ""


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


_PARTS: Final[Mapping[str, Callable[[Mapping[str, Any], Split], dict[str, Any]]]] = {
    "text": _text,
    "link": _link,
    "markdown": _markdown,
    "actionCard": _card,
    "feedCard": _feed,
}
