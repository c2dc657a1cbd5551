"""Which groups are in quiet hours when it goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.engine.quiet import read_rules
from messages.schedule.quiet import Quiet
from messages.services.checks.findings import NOTE, WARNING, Finding
from messages.services.checks.scene import Scene, shown


def quiet_of(scene: Scene) -> dict[int, Quiet]:
    """By robot. Two queries; two more while quiet hours run."""
    return read_rules().of({robot.pk for robot in scene.robots}, scene.when)


def held_until(scene: Scene, found: Mapping[int, Quiet]) -> dict[int, datetime]:
    """Those alone that are kept waiting."""
    return {} if scene.urgent else {pk: quiet.until for pk, quiet in found.items() if not quiet.skips}


def of_quiet(scene: Scene, found: Mapping[int, Quiet]) -> Iterator[Finding]:
    if found and scene.urgent:
        text = ngettext(
            "%(count)d group is in quiet hours then. This is urgent, and passes: that goes on record.",
            "%(count)d groups are in quiet hours then. This is urgent, and passes: that goes on record.",
            len(found),
        )
        yield Finding(None, NOTE, "quiet_passed", text % {"count": len(found)})
        return
    for quiet, count in sorted(Counter(found.values()).items(), key=lambda each: each[0].until):
        yield Finding(None, WARNING, "quiet_hours", _all_of(quiet, count))
    for robot in scene.robots:
        if quiet_now := found.get(robot.pk):
            yield Finding(robot, NOTE, "quiet_skipped" if quiet_now.skips else "quiet_held", _of_one(quiet_now))


def _all_of(quiet: Quiet, count: int) -> str:
    if quiet.skips:
        text = ngettext(
            "%(count)d group is in quiet hours until %(time)s: skipped. An urgent broadcast passes.",
            "%(count)d groups are in quiet hours until %(time)s: skipped. An urgent broadcast passes.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d group is in quiet hours until %(time)s: held until then. An urgent broadcast passes.",
            "%(count)d groups are in quiet hours until %(time)s: held until then. An urgent broadcast passes.",
            count,
        )
    return text % {"count": count, "time": shown(quiet.until)}


def _of_one(quiet: Quiet) -> str:
    told = {"time": shown(quiet.until)}
    if quiet.skips:
        return _("In quiet hours until %(time)s: it is not sent to this group.") % told
    return _("In quiet hours until %(time)s: it waits until then.") % told
