"""A rule as text, as it is kept: lines after RFC 5545's, with those for the calendar. What is left out is as usual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _

from messages.schedule.making import make_rule
from messages.schedule.rules import BadRule, Kind, Rule, RuleError

_WALL: Final = "%Y%m%dT%H%M%S"
_START: Final = "DTSTART;TZID="


def rule_text(rule: Rule) -> str:
    """The same rule gives the same text, so that texts can be compared and signed."""
    return "\n".join(_lines(rule))


@lru_cache(maxsize=2048)
def read_rule(text: str) -> Rule:
    """Raises BadRule, also for a rule that make_rule refuses."""
    lines = _named(text)
    try:
        zone, starts = lines.pop(_START).split(":", 1)
        rule = make_rule(
            starts=_wall(starts),
            zone=zone,
            repeats=lines.pop("RRULE", "") or lines.pop("CRON", ""),
            times=tuple(time.fromisoformat(at) for at in lines.pop("TIMES", "").split(",") if at),
            until=_wall(until) if (until := lines.pop("UNTIL", "")) else None,
            count=int(count) if (count := lines.pop("COUNT", "")) else None,
            days=lines.pop("DAYS", "any"),
            shift=lines.pop("SHIFT", "skip"),
            workdays_before=int(lines.pop("WORKDAYS-BEFORE", "0")),
        )
    except (KeyError, ValueError) as error:
        if isinstance(error, BadRule):
            raise
        raise _malformed() from None
    if lines:
        raise _malformed()
    return rule


def key_text(key: datetime) -> str:
    """2026-10-01T09:00:00; of the wall time that names an occurrence."""
    return key.isoformat(timespec="seconds")


def read_key(text: str) -> datetime:
    """Raises ValueError."""
    key = datetime.fromisoformat(text)
    if key.tzinfo is not None:
        raise ValueError("a wall time has no zone")
    return key


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{_START}{rule.zone}:{rule.starts.strftime(_WALL)}"
    if rule.repeats:
        yield f"{'CRON' if rule.kind is Kind.CRON else 'RRULE'}:{rule.repeats}"
    if rule.times:
        yield f"TIMES:{','.join(at.isoformat() for at in rule.times)}"
    if rule.until:
        yield f"UNTIL:{rule.until.strftime(_WALL)}"
    if rule.count:
        yield f"COUNT:{rule.count}"
    if rule.asks_the_calendar:
        yield f"DAYS:{rule.days}"
        yield f"SHIFT:{rule.shift}"
    if rule.workdays_before:
        yield f"WORKDAYS-BEFORE:{rule.workdays_before}"


def _named(text: str) -> dict[str, str]:
    lines: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith(_START):
            name, value = _START, line.removeprefix(_START)
        else:
            name, _colon, value = line.partition(":")
        if not value or name in lines:
            raise _malformed()
        lines[name] = value
    return lines


def _wall(text: str) -> datetime:
    return datetime.strptime(text, _WALL)  # noqa: DTZ007 - a wall time; its zone stands beside it


def _malformed() -> BadRule:
    return BadRule(RuleError("repeats", "malformed", _("This is not a rule that can be read.")))
