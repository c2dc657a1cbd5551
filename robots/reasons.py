"""Why something was not sent, or is not sent yet, in words for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from robots.reason_texts import TEXTS, UNKNOWN


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what to do about it; `advice` is "" where there is nothing to do."""

    title: str | Promise
    advice: str | Promise


def explain(reason: str) -> Explanation:
    """For a key of dingtalk.replies.ReasonKey or one of the engine's own; an unknown key gets a neutral text."""
    title, advice = TEXTS.get(reason, UNKNOWN)
    return Explanation(title=title, advice=advice)
