"""Twenty calls a minute for each token, then ten minutes of silence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from simulator.models import Knobs, WindowKind
from simulator.verdicts.verdict import Refusal
from simulator.wordings import Answer

MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Stamps:
    """When the counted calls came in, oldest first, and until when the token is silenced."""

    calls_ms: tuple[int, ...] = ()
    muted_until_ms: int = 0


def token_hash(token: str) -> str:
    """Under which a token's calls are counted; a token may be of any length."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def count(stamps: Stamps, *, now_ms: int, knobs: Knobs) -> tuple[Stamps, Refusal | None]:
    """Count one more call. Whether throttled calls count too, and how the minute runs, is not documented."""
    recent = tuple(moment for moment in stamps.calls_ms if _is_recent(moment, now_ms, knobs.window))
    muted = now_ms < stamps.muted_until_ms
    if not muted and len(recent) < knobs.limit:
        return Stamps((*recent, now_ms)), None
    counted = (*recent, now_ms)[-knobs.limit :] if knobs.count_throttled else recent
    muted_until_ms = stamps.muted_until_ms if muted else now_ms + knobs.penalty_seconds * 1000
    return Stamps(counted, muted_until_ms), Refusal(knobs.throttle_errcode, _ANSWERS[knobs.throttle_errcode])


_ANSWERS: Final = {
    130101: Answer.TOO_FAST_130101,
    660026: Answer.TOO_FAST_660026,
    410100: Answer.TOO_FAST_410100,
}


def _is_recent(moment_ms: int, now_ms: int, window: str) -> bool:
    if window == WindowKind.FIXED:
        return moment_ms // MINUTE_MS == now_ms // MINUTE_MS
    return now_ms - MINUTE_MS < moment_ms
