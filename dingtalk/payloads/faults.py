"""What is wrong with a message, by place."""

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum


class ProblemCode(StrEnum):
    EMPTY = "empty"
    URL_NOT_ABSOLUTE = "url_not_absolute"  # only http://, https:// and dingtalk:// go out
    PICTURE_NOT_ABSOLUTE = "picture_not_absolute"  # only http://, https:// and media ids
    VALUE_UNKNOWN = "value_unknown"  # params: allowed
    CARD_WITHOUT_ACTION = "card_without_action"
    CARD_WITH_BOTH = "card_with_both"
    LINKS_EMPTY = "links_empty"
    MENTIONS_NOT_SUPPORTED = "mentions_not_supported"  # params: msgtype
    TOO_MANY_MENTIONS = "too_many_mentions"  # params: count, limit
    MENTION_MALFORMED = "mention_malformed"  # params: position (1-based)
    TOO_LONG = "too_long"  # params: size, limit (bytes)
    MSGTYPE_MISSING = "msgtype_missing"  # params: allowed
    MSGTYPE_UNKNOWN = "msgtype_unknown"  # params: msgtype, allowed
    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    KEY_WRONG_CASE = "key_wrong_case"  # params: expected
    KEY_ELSEWHERE = "key_elsewhere"  # at and msgUuid are added when the message is sent
    TYPE_WRONG = "type_wrong"  # params: expected, found (JSON types)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `field` is the place in DingTalk's own keys ("title", "links.0.picURL", "at", "body" for the size)."""

    code: str
    field: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict, hash=False)


class PayloadError(ValueError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(f"{problem.field}: {problem.code}" for problem in self.problems))
