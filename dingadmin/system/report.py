"""The parts as plain text, to be copied into a request for support. It holds what the page shows, and no secret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from dingadmin.system.parts import Fact, Part

NOTHING = "-"


def report(parts: Sequence[Part], *, now: datetime) -> str:
    return "\n".join(_lines(parts, now=now)) + "\n"


def _lines(parts: Sequence[Part], *, now: datetime) -> Iterator[str]:
    yield f"DingAdmin {settings.VERSION}, {_moment(now)}"
    for part in parts:
        yield ""
        yield f"{part.title}: {part.state.label}"
        if part.unused:
            yield f"  {part.unused}"
            continue
        yield from (f"  {fact.label}: {_value(fact)}" for fact in part.facts)
        yield from (f"  ! {text}" for finding in part.findings for text in (finding.cause, finding.advice) if text)


def _value(fact: Fact) -> str:
    if fact.value is None:
        return NOTHING
    return _moment(fact.value) if isinstance(fact.value, datetime) else str(fact.value)


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds")
