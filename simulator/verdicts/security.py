"""The three security modes. Every one that the robot has must pass."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from simulator.diagnoses import Diagnosis, Note
from simulator.verdicts import signatures
from simulator.verdicts.texts import searched_for_keywords
from simulator.verdicts.verdict import Case, Check, Refusal
from simulator.wordings import Answer

TOLERANCE_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000


def ip(case: Case) -> Refusal | None:
    ranges = case.known_group.ip_ranges
    if not ranges or _in_ranges(case.call.address, ranges):
        return None
    return Refusal(310000, Answer.IP, {"ip": case.call.address})


def _in_ranges(address: str, ranges: Iterable[str]) -> bool:
    try:
        caller = ipaddress.IPv4Address(address)
    except ValueError:
        return False  # DingTalk knows no IPv6 here
    return any(caller in ipaddress.IPv4Network(entry, strict=False) for entry in ranges)


def timestamp(case: Case) -> Refusal | None:
    given = case.call.first("timestamp")
    if not case.known_group.secret or not given:
        return None
    why = _time_mistake(given, case.now_ms)
    return Refusal(310000, Answer.TIMESTAMP, notes=(why, *_repeated(case))) if why else None


def _time_mistake(given: str, now_ms: int) -> Note | None:
    if not signatures.is_milliseconds(given):
        return Note(Diagnosis.TIMESTAMP_NOT_A_NUMBER)
    late_ms = now_ms - int(given)
    if abs(late_ms) <= TOLERANCE_MS:
        return None
    if abs(now_ms - int(given) * 1000) <= TOLERANCE_MS:
        return Note(Diagnosis.TIMESTAMP_IN_SECONDS)
    hours = round(late_ms / _HOUR_MS)
    if 2 <= abs(hours) <= 14 and abs(late_ms - hours * _HOUR_MS) < _MINUTE_MS:
        return Note(Diagnosis.TIMESTAMP_ZONE, {"hours": str(abs(hours))})
    minutes = {"minutes": str(abs(late_ms) // _MINUTE_MS)}
    return Note(Diagnosis.TIMESTAMP_STALE if late_ms > 0 else Diagnosis.TIMESTAMP_AHEAD, minutes)


def sign(case: Case) -> Refusal | None:
    secret = case.known_group.secret
    if not secret:
        return None
    given, at = case.call.first("sign"), case.call.first("timestamp")
    if given and at and signatures.matches(given, timestamp=at, secret=secret):
        return None
    return Refusal(310000, Answer.SIGN, notes=(_sign_mistake(case, given, at, secret), *_repeated(case)))


def _sign_mistake(case: Case, given: str, at: str, secret: str) -> Note:
    if not given and ("sign" in case.call.headers or "sign" in case.message):
        return Note(Diagnosis.SIGNED_IN_HEADERS)
    if not given:
        return Note(Diagnosis.UNSIGNED)
    if not at:
        return Note(Diagnosis.TIMESTAMP_MISSING)
    others = case.call.values("timestamp")[1:]
    return Note(signatures.diagnose(given, timestamp=at, secret=secret, other_timestamps=others))


def _repeated(case: Case) -> tuple[Note, ...]:
    """A pair appended to a URL that was signed before: the stale one, which comes first, is what counts."""
    names = [name for name in ("timestamp", "sign") if len(case.call.values(name)) > 1]
    return tuple(Note(Diagnosis.REPEATED_PARAMETER, {"name": name}) for name in names)


def keywords(case: Case) -> Refusal | None:
    words = case.known_group.keywords
    texts = searched_for_keywords(case.message)
    if not words or any(word in text for word in words for text in texts):
        return None
    return Refusal(310000, Answer.KEYWORDS)


CHECKS: Final[tuple[Check, ...]] = (ip, timestamp, sign, keywords)
