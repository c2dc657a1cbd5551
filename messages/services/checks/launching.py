"""What is looked at before every launch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from dingtalk.payloads import At, Message
from messages.rendering.values import RunFacts
from messages.services.checks.audience import of_audience
from messages.services.checks.findings import Check
from messages.services.checks.installation import of_installation
from messages.services.checks.organisations import of_budgets, of_exhausted
from messages.services.checks.robots import of_robots
from messages.services.checks.scene import Scene, scene_of
from messages.services.checks.words import WordCheck, check_words
from messages.services.overrides import Override
from messages.services.tailoring import Tailoring
from robots.models import Robot


def check_launch(
    *,
    message: Message,
    at: At,
    robots: Sequence[Robot],
    planned_at: datetime | None = None,
    zone: str | None = None,
    urgent: bool = False,
    overrides: Sequence[Override] = (),
) -> Check:
    """Holds and quotas are judged at `planned_at` (None: now), and dates written so, in `zone` (None: the default).

    A fixed number of queries, however many robots; three more for variables.
    """
    when = planned_at or timezone.now()
    tailoring = tailoring_of(message, at=at, planned_at=when, zone=zone, overrides=overrides)
    scene = scene_of(tailoring, at=at, robots=robots, when=when, urgent=urgent)
    return checked(scene, check_words(tailoring, at=at, robots=robots))


def checked(scene: Scene, words: WordCheck) -> Check:
    findings = (
        *words.general,
        *of_audience(scene),
        *of_installation(scene),
        *of_exhausted(scene),
        *of_budgets(scene),
        *of_robots(scene, words),
    )
    return Check(findings=findings, bytes=words.bytes)


def tailoring_of(
    message: Message,
    *,
    at: At,
    planned_at: datetime | None = None,
    zone: str | None = None,
    overrides: Sequence[Override] = (),
) -> Tailoring:
    """As the first run would be; `planned_at` and `zone` as for check_launch."""
    run = RunFacts(planned_at or timezone.now(), zone or settings.TIME_ZONE)
    return Tailoring(message, at=at, run=run, overrides=overrides)
