"""What somebody typed in a shell, as values for a launch; what is wrong with it, all at once and in words."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from dingtalk.payloads import Message, Text
from messages.schedule.wall_times import at_wall_time
from messages.services.checks import Finding
from messages.services.message_files import MAX_FILE_BYTES, FileRefused, read_file
from messages.services.planning import NeverUseful, PlannedInPast, planned_moment, useful_moment
from robots.models import Robot, Tag


@dataclass(frozen=True, slots=True)
class Refusal:
    """`robot` is a name; empty for what concerns the whole message."""

    code: str
    text: str
    robot: str = ""

    @classmethod
    def of(cls, finding: Finding) -> Refusal:
        return cls(finding.code, finding.text, finding.robot.name if finding.robot else "")


class Refused(Exception):
    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(", ".join(refusal.code for refusal in self.refusals))


def read_message(*, file: str | None, text: str | None) -> Message:
    """From a file with a body as DingTalk takes it ("-" is standard input), or from a plain text. Raises Refused."""
    if (file is None) == (text is None):
        raise Refused([Refusal("message_missing", _("Give the message, either with --message or with --text."))])
    if file is None:
        return Text(text or "")
    try:
        return read_file(_bytes_of(file), called=file)
    except FileRefused as refused:
        raise Refused(Refusal(fault.code, fault.text) for fault in refused.faults) from None


def read_time(written: str | None, zone: ZoneInfo) -> datetime | None:
    """None is now. Raises Refused, for the past as well."""
    moment = _moment(written, zone)
    try:
        return planned_moment(moment, zone=zone, now=timezone.now()) if moment else None
    except PlannedInPast as past:
        raise Refused([Refusal("planned_in_past", past.text)]) from None


def read_useful_until(written: str | None, zone: ZoneInfo, *, planned_at: datetime | None) -> datetime | None:
    """None is without an end. Raises Refused, also for what is not later than `planned_at` (None: now)."""
    try:
        return useful_moment(_moment(written, zone), planned_at=planned_at or timezone.now(), zone=zone)
    except NeverUseful as never:
        raise Refused([Refusal("never_useful", never.text)]) from None


def _moment(written: str | None, zone: ZoneInfo) -> datetime | None:
    """ISO 8601 with an offset, or the wall time of `zone`. Raises Refused."""
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written.strip())
        if not re.search(r"[Tt ]", written.strip()):
            raise ValueError("a date without a time")
        moment = moment if moment.tzinfo else at_wall_time(moment, zone).moment
        return moment.astimezone(zone)
    except (ValueError, OverflowError):
        text = _("“%(time)s” is no time. Write it like 2027-01-05T09:00, in %(zone)s, or like 2027-01-05T09:00+08:00.")
        raise Refused([Refusal("time_unreadable", text % {"time": written[:50], "zone": zone.key})]) from None


def robots_named(names: Sequence[str]) -> list[Robot]:
    """Raises Refused with every name that is not known."""
    found = {robot.name: robot for robot in Robot.objects.filter(name__in=names)}
    if unknown := [name for name in dict.fromkeys(names) if name not in found]:
        known = list(Robot.objects.values_list("name", flat=True))
        raise Refused(
            Refusal("unknown_robot", _no_such(_("There is no robot “%(name)s”."), name, known), name)
            for name in unknown
        )
    return [found[name] for name in dict.fromkeys(names)]


def tags_named(names: Sequence[str]) -> list[Tag]:
    """Raises Refused with every name that is not known."""
    found = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    if unknown := [name for name in dict.fromkeys(names) if name not in found]:
        known = list(Tag.objects.values_list("name", flat=True))
        raise Refused(
            Refusal("unknown_tag", _no_such(_("There is no tag “%(name)s”."), name, known)) for name in unknown
        )
    return [found[name] for name in dict.fromkeys(names)]


def _no_such(sentence: str, name: str, known: Sequence[str]) -> str:
    by_folded = {other.casefold(): other for other in known}
    nearest = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.5)
    told = sentence % {"name": name[:100]}
    if not nearest:
        return told
    return _("%(sentence)s Did you mean “%(nearest)s”?") % {"sentence": told, "nearest": by_folded[nearest[0]]}


def _bytes_of(file: str) -> bytes:
    try:
        return _read(file)
    except OSError as error:
        # The system's own word for it, such as "No such file or directory".
        text = _("The file %(file)s cannot be read: %(reason)s.") % {"file": file, "reason": error.strerror}
        raise Refused([Refusal("file_unreadable", text)]) from None


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(MAX_FILE_BYTES + 1)
