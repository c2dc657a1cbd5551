"""Everything that can be told about a launch without sending anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dingtalk.payloads import At
from messages.history.lately import broadcasts_nearby, delivered_since, waiting_by_robot
from messages.services.checks.alike import of_alike
from messages.services.checks.failing import of_failing
from messages.services.checks.findings import Check
from messages.services.checks.lately import SPAN, day_of, minutes_to_move, of_nearby, of_today
from messages.services.checks.launching import checked
from messages.services.checks.looks import of_looks, of_sizes
from messages.services.checks.organisations import left_after, of_left
from messages.services.checks.pace import Expected, expected, of_pace
from messages.services.checks.quiet import held_until, of_quiet, quiet_of
from messages.services.checks.scene import scene_of
from messages.services.checks.words import check_words
from messages.services.tailoring import Tailoring
from robots.models import Robot


@dataclass(frozen=True, slots=True)
class DryRun:
    """By robot, or by organisation, what the check looked at; `minutes_to_move`: how much later no other broadcast is
    near, 0 where none is."""

    check: Check
    when: datetime
    expected: Expected
    sizes: Mapping[int, int]
    today: Mapping[int, int]
    left: Mapping[int, int]
    minutes_to_move: int


def dry_run(
    tailoring: Tailoring,
    *,
    at: At,
    robots: Sequence[Robot],
    planned_at: datetime | None = None,
    urgent: bool = False,
    split: bool = False,
) -> DryRun:
    """The check of a launch, and what more people want to know before one. `planned_at` None: now. `split`: what is too
    long may go out in parts.

    A fixed number of queries, however many robots; nothing is written, and nobody is called.
    """
    now = timezone.now()
    words = check_words(tailoring, at=at, robots=robots, split=split)
    scene = scene_of(tailoring, at=at, robots=robots, when=planned_at or now, urgent=urgent, parts=words.parts)
    launch = checked(scene, words)
    day = day_of(scene, now=now)
    today = delivered_since(day) if day else {}
    nearby = broadcasts_nearby(scene.when, span=SPAN)
    quiet, left = quiet_of(scene), left_after(scene)
    expect = expected(scene, waiting_by_robot(), now=now, quiet=held_until(scene, quiet))
    findings = (
        *launch.findings,
        *of_failing(scene),
        *of_quiet(scene, quiet),
        *of_sizes(scene, words),
        *of_looks(scene),
        *of_pace(scene, expect),
        *of_left(scene, left),
        *of_today(scene, today),
        *of_nearby(scene, nearby),
        *of_alike(scene, now=now),
    )
    return DryRun(
        check=Check(findings=findings, bytes=words.bytes),
        when=scene.when,
        expected=expect,
        sizes=words.sizes,
        today=today,
        left=left,
        minutes_to_move=minutes_to_move(scene, nearby),
    )
