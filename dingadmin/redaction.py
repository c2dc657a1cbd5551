"""The last net: whatever a log line quotes, tokens and secrets do not come through."""

from __future__ import annotations

import logging
import re
from typing import Final

HIDDEN: Final = "***"
_PATTERNS: Final = (
    # access_token=…, "access_token": "…", access_token%3D…
    (re.compile(r"(access_token[\"']?\s*(?:=|:|%3D)\s*[\"']?)[^&\s\"'<>]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"((?:^|[?&;\s])sign=)[^&\s\"'<>]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"\bSEC[0-9A-Za-z]{16,}"), f"SEC{HIDDEN}"),
    # A token alone: DingTalk's have 64 hexadecimal digits. Hashes look the same and are no loss in a log.
    (re.compile(r"\b[0-9a-f]{64}\b", re.IGNORECASE), HIDDEN),
    # The password of a database, a broker or a proxy.
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{HIDDEN}@"),
)


def redact(text: str) -> str:
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(_message_of(record)), None
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def _message_of(record: logging.LogRecord) -> str:
    """The template alone when its arguments do not fit: logging would print them as they are."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)
