"""The last net: whatever a log line quotes, tokens and secrets do not come through."""

from __future__ import annotations

import logging
import re

_PATTERNS = (
    (re.compile(r"(access_token=)[^&\s\"'<>]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"((?:^|[?&])sign=)[^&\s\"'<>]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"\bSEC[0-9A-Za-z]{16,}"), "SEC***"),
)


def redact(text: str) -> str:
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True
