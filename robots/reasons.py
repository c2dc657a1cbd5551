"""Why something was not sent, or is not sent yet, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy

from robots.reason_texts import TEXTS, UNKNOWN

# What waits for a paused robot fails with it, and with the reason of the pause where a reply gave it.
ROBOT_PAUSED: Final = "robot_paused"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what to do about it; `advice` is "" where there is nothing to do."""

    title: str | Promise
    advice: str | Promise


def explain(reason: str) -> Explanation:
    """For a key of dingtalk.replies.ReasonKey or one of the engine's own; an unknown key gets a neutral text."""
    if reason.startswith(f"{ROBOT_PAUSED}:"):
        return _paused(explain(reason.partition(":")[2]))
    title, advice = TEXTS.get(reason, UNKNOWN)
    return Explanation(title=title, advice=advice)


def _paused(why: Explanation) -> Explanation:
    """Its own title, then why it was paused and what to do about that."""
    return Explanation(format_lazy("{} {}", TEXTS[ROBOT_PAUSED][0], why.title), why.advice)
