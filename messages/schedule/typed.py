"""Takes the text of a repetition apart, as people, other calendars or stored rules write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from messages.schedule.rrules import BadRRule, parse_rrule, split_rrule
from messages.schedule.rules import BadRule, RuleError

END_OF_DAY: Final = time(23, 59, 59)
LONGEST: Final = 300
_CRON_FIELDS: Final = 5
_SOME_TIME: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - cronsim needs a wall time to take a line apart
_FASTER: Final = ("FREQ=SECONDLY", "BYSECOND=")
_BY_THE_HOUR: Final = ("FREQ=MINUTELY", "FREQ=HOURLY")


@dataclass(frozen=True, slots=True)
class Typed:
    """`repeats` is tidy: the same repetition gives the same text."""

    repeats: str
    times: tuple[time, ...] = ()
    until: datetime | None = None  # a wall time
    count: int | None = None


def read_repeats(text: str, zone: ZoneInfo) -> Typed:
    """Raises BadRule."""
    tidy = " ".join(text.upper().split())
    if not tidy:
        return Typed("")
    if len(tidy) > LONGEST:
        raise _bad("malformed", _("A rule has at most %(count)d characters.") % {"count": LONGEST})
    if "FREQ=" in tidy or tidy.startswith("RRULE"):
        return _read_rrule(tidy, zone)
    return Typed(_read_cron(tidy))


def _read_rrule(text: str, zone: ZoneInfo) -> Typed:
    if any(word in text for word in _FASTER):
        raise _too_often()
    if any(word in text for word in _BY_THE_HOUR):
        raise _bad(
            "by_the_hour", _("Give the times of the day, or use a cron line such as “0 * * * *” for every hour.")
        )
    try:
        parts, rest = split_rrule(text)
        rrule = parse_rrule(";".join(f"{name}={value}" for name, value in parts.items()))
        return Typed(str(rrule), _times(rest), _until(rest, zone), _count(rest))
    except BadRRule as error:
        told = {"part": error.part[:40] or text[:40]}
        raise _bad("malformed", _("“%(part)s” cannot be understood, or is not supported, in a rule.") % told) from None


def _read_cron(line: str) -> str:
    fields = line.split(" ")
    if len(fields) == _CRON_FIELDS + 1 and not fields[0].isdigit():
        raise _too_often()
    if len(fields) != _CRON_FIELDS:
        raise _bad("malformed", _("A cron line has five fields: minute, hour, day, month, weekday."))
    try:
        CronSim(line, _SOME_TIME)
    except CronSimError as error:
        raise _bad_field(str(error), fields) from None
    return line


def _bad_field(said: str, fields: list[str]) -> BadRule:
    """cronsim says “Bad day-of-month”, also of a day that none of the months has."""
    names = {
        "minute": (0, pgettext("field of a cron line", "minute")),
        "hour": (1, pgettext("field of a cron line", "hour")),
        "day-of-month": (2, pgettext("field of a cron line", "day")),
        "month": (3, pgettext("field of a cron line", "month")),
        "day-of-week": (4, pgettext("field of a cron line", "weekday")),
    }
    place, name = names.get(said.removeprefix("Bad "), (0, pgettext("field of a cron line", "minute")))
    told = {"text": fields[place][:40], "field": name}
    return _bad("malformed", _("“%(text)s” cannot be the %(field)s of a cron line here.") % told)


def _times(rest: Mapping[str, str]) -> tuple[time, ...]:
    if "BYHOUR" not in rest:
        if "BYMINUTE" in rest:
            raise BadRRule("BYMINUTE")
        return ()
    hours, minutes = _within(rest["BYHOUR"], 24, "BYHOUR"), _within(rest.get("BYMINUTE", "0"), 60, "BYMINUTE")
    return tuple(time(hour, minute) for hour in hours for minute in minutes)


def _within(text: str, end: int, name: str) -> list[int]:
    numbers = text.split(",")
    if not all(number.isascii() and number.isdigit() and len(number) < 3 and int(number) < end for number in numbers):
        raise BadRRule(name)
    return sorted({int(number) for number in numbers})


def _until(rest: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    text = rest.get("UNTIL")
    if text is None:
        return None
    try:
        if text.endswith("Z"):
            moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return moment.astimezone(zone).replace(tzinfo=None)
        if "T" in text:
            return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall time
        return datetime.combine(datetime.strptime(text, "%Y%m%d"), END_OF_DAY)  # noqa: DTZ007 - a date
    except (ValueError, OverflowError):
        raise BadRRule("UNTIL") from None


def _count(rest: Mapping[str, str]) -> int | None:
    text = rest.get("COUNT")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadRRule("COUNT")
    return int(text)


def _too_often() -> BadRule:
    return _bad("too_often", _("It would go out more often than once a minute."))


def _bad(code: str, text: str) -> BadRule:
    return BadRule(RuleError("repeats", code, text))
