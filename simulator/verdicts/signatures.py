"""Naming the mistake in a signature that does not match."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, unquote_plus

from dingtalk.signing import sign
from simulator.diagnoses import Diagnosis

MAX_DIGITS: Final = 15


def matches(given: str, *, timestamp: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), expected(timestamp, secret).encode())


def expected(timestamp: str, secret: str) -> str:
    return sign(timestamp_ms=int(timestamp), secret=secret)


def diagnose(given: str, *, timestamp: str, secret: str, other_timestamps: Iterable[str] = ()) -> Diagnosis:
    """`given` is the sign of the URL decoded once; `timestamp` is all digits."""
    for wrong, diagnosis in _variants(timestamp, secret):
        if given in (wrong, wrong.replace("+", " ")) or unquote_plus(given) == wrong:
            return diagnosis
    right = expected(timestamp, secret)
    if unquote(given) == right:
        return Diagnosis.SIGN_DOUBLE_ENCODED
    if given.replace(" ", "+") == right:
        return Diagnosis.SIGN_NOT_ENCODED
    if any(given == expected(other, secret) for other in other_timestamps if is_milliseconds(other)):
        return Diagnosis.SIGN_OTHER_TIMESTAMP
    return Diagnosis.SIGN_UNKNOWN


def _variants(timestamp: str, secret: str) -> Iterator[tuple[str, Diagnosis]]:
    """What common mistakes send for this timestamp and secret."""
    line = f"{timestamp}\n{secret}"
    right = _mac(secret, line)
    yield _base64(_mac(secret, f"{int(timestamp) // 1000}\n{secret}")), Diagnosis.SIGN_SECONDS
    yield _base64(_mac(line, secret)), Diagnosis.SIGN_SWAPPED
    yield _base64(_mac(line, "")), Diagnosis.SIGN_FEISHU
    yield _base64(_mac(secret, f"{timestamp}\\n{secret}")), Diagnosis.SIGN_LITERAL_NEWLINE
    bare = secret.removeprefix("SEC")
    yield _base64(_mac(bare, f"{timestamp}\n{bare}")), Diagnosis.SIGN_SEC_STRIPPED
    yield right.hex(), Diagnosis.SIGN_HEX
    yield _base64(right.hex().encode()), Diagnosis.SIGN_HEX
    if (url_safe := base64.urlsafe_b64encode(right).decode()) != _base64(right):
        yield url_safe, Diagnosis.SIGN_URL_SAFE
    yield _base64(right).rstrip("="), Diagnosis.SIGN_UNPADDED
    for padded in (f"{secret}\n", f"{secret} ", f" {secret}", f"{secret}\r\n"):
        yield _base64(_mac(padded, f"{timestamp}\n{padded}")), Diagnosis.SIGN_SECRET_SPACES


def _mac(key: str, text: str) -> bytes:
    return hmac.digest(key.encode(), text.encode(), hashlib.sha256)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def is_milliseconds(text: str) -> bool:
    """Whether it could be a timestamp at all, and is short enough to reckon with."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
