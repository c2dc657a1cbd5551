"""The five message types a custom robot takes (docs/protocol.md, section 1): values, checks and the exact bytes."""

from dingtalk.payloads.checking import build, examined, problems
from dingtalk.payloads.cleaning import cleaned, cleaned_at
from dingtalk.payloads.faults import PayloadError, Problem, ProblemCode
from dingtalk.payloads.keywords import has_keyword, searched_texts
from dingtalk.payloads.mentions import place_mentions
from dingtalk.payloads.model import (
    MAX_BODY_BYTES,
    MAX_KEYWORDS,
    MAX_MENTIONS,
    NOBODY,
    ActionCard,
    At,
    Button,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Message,
    Text,
    msgtype_of,
)
from dingtalk.payloads.reading import message_from_dict
from dingtalk.payloads.wire import MSG_UUID_BYTES, body_bytes, message_to_dict, size_with_uuid, with_msg_uuid

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_KEYWORDS",
    "MAX_MENTIONS",
    "MSG_UUID_BYTES",
    "NOBODY",
    "ActionCard",
    "At",
    "Button",
    "FeedCard",
    "FeedLink",
    "Link",
    "Markdown",
    "Message",
    "PayloadError",
    "Problem",
    "ProblemCode",
    "Text",
    "body_bytes",
    "build",
    "cleaned",
    "cleaned_at",
    "examined",
    "has_keyword",
    "message_from_dict",
    "message_to_dict",
    "msgtype_of",
    "place_mentions",
    "problems",
    "searched_texts",
    "size_with_uuid",
    "with_msg_uuid",
]
