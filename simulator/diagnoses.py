"""What the simulator noticed about a call, for the people who learn from its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Diagnosis(StrEnum):
    # the envelope
    FORM_WITH_JSON_HEADER = "form_with_json_header"
    CHARSET_NOT_UTF8 = "charset_not_utf8"
    BODY_EMPTY = "body_empty"
    BODY_NOT_UTF8 = "body_not_utf8"
    BODY_WITH_BOM = "body_with_bom"
    BODY_RAW_CONTROL = "body_raw_control"
    BODY_NOT_JSON = "body_not_json"
    BODY_NOT_OBJECT = "body_not_object"
    BODY_TOO_DEEP = "body_too_deep"
    BODY_SURROGATE = "body_surrogate"
    BODY_SIZE = "body_size"
    DUPLICATE_KEY = "duplicate_key"
    # the URL
    REPEATED_PARAMETER = "repeated_parameter"
    SECRET_AS_TOKEN = "secret_as_token"  # noqa: S105 - a name, not a password
    URL_AS_TOKEN = "url_as_token"  # noqa: S105
    SIGNED_WITHOUT_NEED = "signed_without_need"
    # timestamp and sign
    UNSIGNED = "unsigned"
    SIGNED_IN_HEADERS = "signed_in_headers"
    TIMESTAMP_MISSING = "timestamp_missing"
    TIMESTAMP_NOT_A_NUMBER = "timestamp_not_a_number"
    TIMESTAMP_IN_SECONDS = "timestamp_in_seconds"
    TIMESTAMP_STALE = "timestamp_stale"
    TIMESTAMP_AHEAD = "timestamp_ahead"
    TIMESTAMP_ZONE = "timestamp_zone"
    SIGN_SECONDS = "sign_seconds"
    SIGN_SWAPPED = "sign_swapped"
    SIGN_FEISHU = "sign_feishu"
    SIGN_LITERAL_NEWLINE = "sign_literal_newline"
    SIGN_SEC_STRIPPED = "sign_sec_stripped"
    SIGN_HEX = "sign_hex"
    SIGN_DOUBLE_ENCODED = "sign_double_encoded"
    SIGN_NOT_ENCODED = "sign_not_encoded"
    SIGN_URL_SAFE = "sign_url_safe"
    SIGN_UNPADDED = "sign_unpadded"
    SIGN_SECRET_SPACES = "sign_secret_spaces"  # noqa: S105
    SIGN_OTHER_TIMESTAMP = "sign_other_timestamp"
    SIGN_UNKNOWN = "sign_unknown"
    # what the fields hold
    UNKNOWN_KEY = "unknown_key"
    WRONG_CASE = "wrong_case"
    AT_ALL_AT_TOP = "at_all_at_top"
    NULL = "null"
    NOT_A_STRING = "not_a_string"
    NOT_AN_OBJECT = "not_an_object"
    NOT_A_LIST = "not_a_list"
    NOT_A_BOOLEAN = "not_a_boolean"
    AT_NOT_HONOURED = "at_not_honoured"
    AT_TOO_MANY = "at_too_many"
    ASCII_ESCAPED = "ascii_escaped"
    NOT_AN_ADDRESS = "not_an_address"
    MSG_UUID_NOT_TEXT = "msg_uuid_not_text"
    EMPTY_FIELD = "empty_field"
    # delivered, but
    MENTION_NOT_IN_TEXT = "mention_not_in_text"
    MENTION_NOT_A_MEMBER = "mention_not_a_member"
    MENTION_EXTERNAL = "mention_external"
    MENTION_IN_CARD = "mention_in_card"
    NO_MSG_UUID = "no_msg_uuid"
    SECOND_COPY = "second_copy"
    BUTTONS_IGNORED = "buttons_ignored"
    FORM_ENCODED = "form_encoded"


@dataclass(frozen=True, slots=True)
class Note:
    diagnosis: Diagnosis
    params: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> list[object]:
        return [str(self.diagnosis), dict(self.params)]
