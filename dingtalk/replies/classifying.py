"""A reply, or a call without one, becomes an outcome.

DingTalk answers HTTP 200 to nearly everything: errcode decides wherever there is one, and the status only where there
is none (docs/protocol.md, section 5).
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from dingtalk.replies.advice import ADVICE
from dingtalk.replies.encodings import read_text
from dingtalk.replies.table import ROWS_BY_ERRCODE
from dingtalk.replies.vocabulary import Outcome, ReasonKey
from dingtalk.replies.wordings import THROTTLING, ban_minutes, description
from dingtalk.text import clean_text

MAX_ERRMSG = 2_000
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}")
_NOT_JSON = object()


def classify(*, http_status: int, headers: Mapping[str, str], body: bytes, truncated: bool, now_ms: int) -> Outcome:
    """`truncated`: the reply was longer than what was read of it, so that nothing in it is believed."""
    text = read_text(body, headers)
    answer = _NOT_JSON if truncated else _parsed(text)
    errcode, errmsg = _errcode(answer), _errmsg(answer)
    if errcode is not None:
        reason = _reason_by_errcode(errcode, errmsg)
        skew = _clock_skew(headers, now_ms) if reason is ReasonKey.TIMESTAMP_INVALID else None
        return _outcome(reason, errcode=errcode, errmsg=errmsg, http_status=http_status, clock_skew_seconds=skew)
    if (minutes := ban_minutes(html.unescape(text))) is not None:
        return _outcome(ReasonKey.ADDRESS_BANNED, http_status=http_status, wait_seconds=minutes * 60)
    reason = _reason_by_status(http_status) or _reason_by_form(text, answer, headers, truncated=truncated)
    return _outcome(reason, errmsg=errmsg, http_status=http_status)


def failure(reason: ReasonKey) -> Outcome:
    """The outcome of a call that got no reply."""
    return _outcome(reason)


def _outcome(
    reason: ReasonKey,
    *,
    errcode: int | None = None,
    errmsg: str = "",
    http_status: int | None = None,
    wait_seconds: int | None = None,
    clock_skew_seconds: int | None = None,
) -> Outcome:
    advice = ADVICE[reason]
    return Outcome(
        kind=advice.kind,
        reason=reason.value,
        errcode=errcode,
        errmsg=errmsg,
        http_status=http_status,
        concerns=advice.concerns,
        retry=advice.retry,
        action=advice.action,
        wait_seconds=advice.wait_seconds if wait_seconds is None else wait_seconds,
        clock_skew_seconds=clock_skew_seconds,
    )


def _reason_by_errcode(errcode: int, errmsg: str) -> ReasonKey:
    # The advice that follows the description names other things ("…and the timestamp…"): judge without it first.
    for text in (description(errmsg), errmsg):
        for row in ROWS_BY_ERRCODE.get(errcode, ()):
            if row.wording and row.wording.search(text):
                return row.reason
    for row in ROWS_BY_ERRCODE.get(errcode, ()):
        if row.wording is None:
            return row.reason
    return ReasonKey.THROTTLED if THROTTLING.search(errmsg) else ReasonKey.UNKNOWN_CODE


def _reason_by_status(status: int) -> ReasonKey | None:
    if 300 <= status < 400:
        return ReasonKey.REDIRECTED
    if status >= 500:
        return ReasonKey.SERVER_ERROR
    if status == 407:
        return ReasonKey.PROXY_FAILED
    if status == 429:
        return ReasonKey.THROTTLED
    return ReasonKey.REQUEST_REFUSED if status >= 400 else None


def _reason_by_form(text: str, answer: object, headers: Mapping[str, str], *, truncated: bool) -> ReasonKey:
    """No errcode in a reply of good status: the message went out, and what became of it is not known."""
    if truncated:
        return ReasonKey.HUGE_REPLY
    if not text.strip():
        return ReasonKey.EMPTY_REPLY
    if answer is not _NOT_JSON:
        return ReasonKey.NO_ERRCODE
    if text.lstrip().startswith("<") or "html" in _header(headers, "content-type").lower():
        return ReasonKey.HTML_REPLY
    return ReasonKey.BROKEN_REPLY


def _parsed(text: str) -> object:
    try:
        answer: object = json.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON
    return answer


def _errcode(answer: object) -> int | None:
    """A number or, as in the documentation's sample, a string; false is neither, though Python takes it for 0."""
    value = answer.get("errcode") if isinstance(answer, dict) else None
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
        return value
    return None


def _errmsg(answer: object) -> str:
    value = answer.get("errmsg") if isinstance(answer, dict) else None
    return clean_text(value)[:MAX_ERRMSG] if isinstance(value, str) else ""


def _clock_skew(headers: Mapping[str, str], now_ms: int) -> int | None:
    try:
        theirs = parsedate_to_datetime(_header(headers, "date"))
    except ValueError:
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    return round(now_ms / 1000 - theirs.timestamp())


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
