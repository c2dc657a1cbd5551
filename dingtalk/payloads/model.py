"""Messages as values, and where each value stands on the wire.

The key case differs by type and is DingTalk's own: `messageUrl` in link, `messageURL` in feedCard, `singleURL` and
`actionURL` in actionCard (docs/protocol.md, section 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

MAX_BODY_BYTES = 20_000
MAX_MENTIONS = 50
MAX_KEYWORDS = 10


@dataclass(frozen=True, slots=True)
class Text:
    content: str


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    text: str
    message_url: str
    pic_url: str = ""


@dataclass(frozen=True, slots=True)
class Markdown:
    """The title shows only in the conversation list and the notification, never in the message."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ActionCard:
    """Either the whole card jumps (single_title and single_url) or it has buttons; never both."""

    title: str
    text: str
    single_title: str = ""
    single_url: str = ""
    buttons: tuple[Button, ...] = ()
    btn_orientation: str = "0"
    hide_avatar: str = "0"


@dataclass(frozen=True, slots=True)
class FeedLink:
    title: str
    message_url: str
    pic_url: str


@dataclass(frozen=True, slots=True)
class FeedCard:
    links: tuple[FeedLink, ...]


Message: TypeAlias = Text | Link | Markdown | ActionCard | FeedCard
Part: TypeAlias = Message | Button | FeedLink


@dataclass(frozen=True, slots=True)
class At:
    """Whom a message mentions. False when nobody."""

    mobiles: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.mobiles or self.user_ids or self.everyone)


NOBODY = At()


class Kind(Enum):
    PROSE = auto()
    URL = auto()
    PICTURE = auto()  # a URL or a media id of DingTalk's upload interface
    SWITCH = auto()  # the strings "0" and "1"


@dataclass(frozen=True, slots=True)
class Field:
    attribute: str
    key: str
    kind: Kind = Kind.PROSE
    required: bool = True


FIELDS: Mapping[type[Part], tuple[Field, ...]] = {
    Text: (Field("content", "content"),),
    Link: (
        Field("title", "title"),
        Field("text", "text"),
        Field("message_url", "messageUrl", Kind.URL),
        Field("pic_url", "picUrl", Kind.PICTURE, required=False),
    ),
    Markdown: (Field("title", "title"), Field("text", "text")),
    ActionCard: (
        Field("title", "title"),
        Field("text", "text"),
        Field("single_title", "singleTitle", required=False),
        Field("single_url", "singleURL", Kind.URL, required=False),
        Field("btn_orientation", "btnOrientation", Kind.SWITCH, required=False),
        Field("hide_avatar", "hideAvatar", Kind.SWITCH, required=False),
    ),
    Button: (Field("title", "title"), Field("url", "actionURL", Kind.URL)),
    FeedCard: (),
    FeedLink: (
        Field("title", "title"),
        Field("message_url", "messageURL", Kind.URL),
        Field("pic_url", "picURL", Kind.PICTURE),
    ),
}


@dataclass(frozen=True, slots=True)
class Items:
    """A list of parts inside a message."""

    attribute: str
    key: str
    part: type[Button] | type[FeedLink]
    required: bool


ITEMS: Mapping[type[Part], Items] = {
    ActionCard: Items("buttons", "btns", Button, required=False),
    FeedCard: Items("links", "links", FeedLink, required=True),
}

MSGTYPES: Mapping[str, type[Message]] = {
    "text": Text,
    "link": Link,
    "markdown": Markdown,
    "actionCard": ActionCard,
    "feedCard": FeedCard,
}


def msgtype_of(message: Message) -> str:
    return next(name for name, kind in MSGTYPES.items() if isinstance(message, kind))


def items_of(part: Part) -> tuple[Part, ...]:
    items = ITEMS.get(type(part))
    return getattr(part, items.attribute) if items else ()
