"""What would fail or wait if the message went out now, told before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.words import name_in_words
from dingtalk.payloads import At, Message
from messages.models import EngineState
from messages.rendering.values import RunFacts
from messages.services.budget import over_budget
from messages.services.findings import BLOCKER, WARNING, Check, Finding
from messages.services.overrides import Override
from messages.services.planning import clock
from messages.services.tailoring import Tailoring
from messages.services.word_checks import WordCheck, check_words
from robots.models import Organisation, Robot, RobotStatus
from robots.reasons import explain

__all__ = ["Check", "Finding", "check_launch", "robot_deleted", "tailoring_of"]

# A hold of less than a minute that our own pacing made, which nobody notices.
PACING_HOLD: Final = "waiting_pacing"


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
    words = check_words(
        tailoring_of(message, at=at, planned_at=when, zone=zone, overrides=overrides), at=at, robots=robots
    )
    organisations = Organisation.objects.in_bulk({robot.organisation_id for robot in robots})
    findings = (
        *words.general,
        *_of_audience(at, robots),
        *_of_installation(when),
        *_of_organisations(robots, organisations, when),
        *_of_budgets(robots, organisations, when, urgent=urgent),
        *_of_robots(words, robots, organisations, when),
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


def robot_deleted(robot: Robot) -> Finding:
    """For a robot that was chosen and does not exist any more."""
    text = _("The robot “%(robot)s” was deleted in the meantime. Leave it out.") % {"robot": robot.name}
    return Finding(robot, BLOCKER, "robot_deleted", text)


def _of_audience(at: At, robots: Sequence[Robot]) -> Iterator[Finding]:
    if not robots:
        text = _("Nobody would get this message. Choose at least one robot or tag.")
        yield Finding(None, BLOCKER, "audience_empty", text)
    if at.everyone and len(robots) > 1:
        text = ngettext(
            "Everybody in %(count)d group will be notified.",
            "Everybody in %(count)d groups will be notified.",
            len(robots),
        ) % {"count": len(robots)}
        yield Finding(None, WARNING, "mention_everyone", text)


def _of_installation(when: datetime) -> Iterator[Finding]:
    state = EngineState.objects.filter(Q(hold_until__gt=when) | Q(stopped_at__isnull=False)).first()
    if state and state.stopped_at:
        text = _("All sending is stopped by %(who)s since %(time)s. Messages wait until somebody resumes it.") % {
            "who": name_in_words(state.stopped_by_name),
            "time": _clock(state.stopped_at),
        }
        yield Finding(None, WARNING, "sending_stopped", text)
    if state and state.hold_until and state.hold_until > when:
        text = _("All sending is on hold until %(time)s. %(reason)s Messages wait until then.") % {
            "time": _clock(state.hold_until),
            "reason": explain(state.hold_reason).title,
        }
        yield Finding(None, WARNING, "sending_on_hold", text)


def _of_organisations(
    robots: Iterable[Robot], organisations: dict[int, Organisation], when: datetime
) -> Iterator[Finding]:
    counts = Counter(robot.organisation_id for robot in robots)
    for organisation in organisations.values():
        until = organisation.quota_exhausted_until
        if until and until > when:
            count = counts[organisation.pk]
            text = ngettext(
                "The monthly quota of “%(organisation)s” is used up until %(time)s:"
                " DingTalk will refuse the message in %(count)d group.",
                "The monthly quota of “%(organisation)s” is used up until %(time)s:"
                " DingTalk will refuse the message in %(count)d groups.",
                count,
            ) % {"organisation": organisation.name, "time": _clock(until), "count": count}
            yield Finding(None, WARNING, "quota_exhausted", text)


def _of_budgets(
    robots: Iterable[Robot], organisations: dict[int, Organisation], when: datetime, *, urgent: bool
) -> Iterator[Finding]:
    counts = Counter(robot.organisation_id for robot in robots)
    for text in over_budget(organisations.values(), counts, when=when, urgent=urgent):
        yield Finding(None, WARNING, "over_quota", text, asks=True)


def _of_robots(
    words: WordCheck, robots: Iterable[Robot], organisations: dict[int, Organisation], when: datetime
) -> Iterator[Finding]:
    simulated = {pk for pk, organisation in organisations.items() if organisation.simulated}
    for robot in robots:
        if robot.organisation_id in simulated and not settings.DINGADMIN_SIMULATOR:
            text = _("This robot belongs to the simulator, which is switched off. Leave it out.")
            yield Finding(robot, BLOCKER, "simulator_off", text)
        if robot.status == RobotStatus.PAUSED:
            text = _("This robot is paused. %(reason)s Resume it, or leave it out.")
            yield Finding(robot, BLOCKER, "robot_paused", text % {"reason": explain(robot.paused_reason).title})
        yield from words.by_robot.get(robot.pk, ())
        if robot.hold_until and robot.hold_until > when and robot.hold_reason != PACING_HOLD:
            text = _("DingTalk has silenced this robot until %(time)s: its message waits until then.")
            yield Finding(robot, WARNING, "robot_silenced", text % {"time": _clock(robot.hold_until)})


def _clock(moment: datetime) -> str:
    return clock(moment, ZoneInfo(settings.TIME_ZONE))
