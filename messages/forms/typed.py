"""What stands in the fields of the compose page, for all types at once: switching the type loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Final

from django.http import QueryDict

from dingtalk.text import clean_text
from messages.models import MessageType

MAX_ROWS: Final = 50  # of a form, far above what anybody reads; the message's size is the real limit


@dataclass(frozen=True, slots=True)
class Row:
    """A button of a card (without a picture) or a link of a feed."""

    title: str = ""
    url: str = ""
    picture: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.url or self.picture)


@dataclass(frozen=True, slots=True)
class Typed:
    """`buttons_card`: the card has buttons, instead of being one link as a whole."""

    title: str = ""
    text: str = ""
    url: str = ""
    picture: str = ""
    single_title: str = ""
    buttons_card: bool = False
    horizontal: bool = False
    hide_avatar: bool = False
    buttons: tuple[Row, ...] = ()
    feed: tuple[Row, ...] = ()


def typed_of_post(post: QueryDict) -> Typed:
    return Typed(
        title=_line(post, "title"),
        text=clean_text(post.get("text", "")),
        url=_line(post, "url"),
        picture=_line(post, "picture"),
        single_title=_line(post, "single_title"),
        buttons_card=post.get("card") == "buttons",
        horizontal=post.get("orientation") == "1",
        hide_avatar=post.get("hide_avatar") == "1",
        buttons=_rows(post.getlist("button_title"), post.getlist("button_url"), ()),
        feed=_rows(post.getlist("feed_title"), post.getlist("feed_url"), post.getlist("feed_picture")),
    )


def typed_of_content(msgtype: str, content: Mapping[str, Any]) -> Typed:
    """A stored content as it stands in the fields. Content that is incomplete or of no known shape is read as far
    as it goes."""
    match msgtype:
        case MessageType.TEXT:
            return Typed(text=_text(content, "content"))
        case MessageType.MARKDOWN:
            return Typed(title=_text(content, "title"), text=_text(content, "text"))
        case MessageType.LINK:
            return Typed(
                title=_text(content, "title"),
                text=_text(content, "text"),
                url=_text(content, "messageUrl"),
                picture=_text(content, "picUrl"),
            )
        case MessageType.ACTION_CARD:
            return _typed_card(content)
        case _:
            return Typed(feed=_stored_rows(content, "links", url="messageURL", picture="picURL"))


def content_of(msgtype: str, typed: Typed) -> dict[str, Any]:
    """The object under the msgtype's key, with every required key, so that only what it says can be incomplete."""
    match msgtype:
        case MessageType.TEXT:
            return {"content": typed.text}
        case MessageType.MARKDOWN:
            return {"title": typed.title, "text": typed.text}
        case MessageType.LINK:
            content = {"title": typed.title, "text": typed.text, "messageUrl": typed.url}
            return {**content, "picUrl": typed.picture} if typed.picture else content
        case MessageType.ACTION_CARD:
            return _card_content(typed)
        case _:
            rows = [{"title": row.title, "messageURL": row.url, "picURL": row.picture} for row in typed.feed if row]
            return {"links": rows}


def carried_over(typed: Typed, *, to: str) -> Typed:
    """What two types have in common goes along: a feed's first link and the fields of one link are the same thing."""
    if to == MessageType.FEED_CARD and not any(typed.feed):
        return replace(typed, feed=(Row(typed.title, typed.url, typed.picture),))
    first = next((row for row in typed.feed if row), None)
    if to == MessageType.FEED_CARD or first is None:
        return typed
    return replace(
        typed,
        title=typed.title or first.title,
        url=typed.url or first.url,
        picture=typed.picture or first.picture,
    )


def with_room(typed: Typed) -> Typed:
    """At least one row of each kind to type into."""
    return replace(typed, buttons=typed.buttons or (Row(),), feed=typed.feed or (Row(),))


def _typed_card(content: Mapping[str, Any]) -> Typed:
    buttons = _stored_rows(content, "btns", url="actionURL")
    return Typed(
        title=_text(content, "title"),
        text=_text(content, "text"),
        url=_text(content, "singleURL"),
        single_title=_text(content, "singleTitle"),
        buttons_card=bool(buttons) or "btns" in content,
        horizontal=_text(content, "btnOrientation") == "1",
        hide_avatar=_text(content, "hideAvatar") == "1",
        buttons=buttons,
    )


def _card_content(typed: Typed) -> dict[str, Any]:
    content: dict[str, Any] = {"title": typed.title, "text": typed.text}
    if typed.buttons_card:
        content["btns"] = [{"title": row.title, "actionURL": row.url} for row in typed.buttons if row]
    else:
        content |= {"singleTitle": typed.single_title, "singleURL": typed.url}
    if typed.horizontal:
        content["btnOrientation"] = "1"
    if typed.hide_avatar:
        content["hideAvatar"] = "1"
    return content


def _stored_rows(content: Mapping[str, Any], key: str, *, url: str, picture: str = "") -> tuple[Row, ...]:
    rows = content.get(key)
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return ()
    return tuple(
        Row(_text(row, "title"), _text(row, url), _text(row, picture)) for row in rows if isinstance(row, Mapping)
    )


def _rows(titles: Sequence[str], urls: Sequence[str], pictures: Sequence[str]) -> tuple[Row, ...]:
    cells = zip_longest(titles[:MAX_ROWS], urls[:MAX_ROWS], pictures[:MAX_ROWS], fillvalue="")
    return tuple(Row(*(clean_text(cell).strip() for cell in row)) for row in cells)


def _line(post: QueryDict, name: str) -> str:
    return clean_text(post.get(name, "")).strip()


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key, "")
    return value if isinstance(value, str) else ""
