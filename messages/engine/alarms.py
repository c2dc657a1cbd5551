"""Which replies have to be told to people: raised in the transaction that records them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from dingtalk.replies import Kind, Outcome, ReasonKey, RobotAction
from messages.engine.failing import pause_failing
from messages.models import Attempt, Notice
from messages.notices.kinds import NoticeKind, organisation_subject, robot_subject
from messages.notices.raising import raise_notice
from robots.models import Organisation, PauseReason, Robot, RobotStatus

# So many robots refused for their timestamps in so short a time: it is not they, it is our own clock.
CLOCK_ROBOTS: Final = 5
CLOCK_WINDOW: Final = timedelta(minutes=10)
_EVERYTHING: Final = {
    ReasonKey.ADDRESS_BANNED.value: NoticeKind.ADDRESS_BANNED,
    ReasonKey.THROTTLED_EVERYWHERE.value: NoticeKind.THROTTLED_EVERYWHERE,
}

# A robot's id and what came back of a call to it.
Answer = tuple[int, Outcome]


def sound_alarms(answers: Iterable[Answer], *, now: datetime) -> None:
    """After the robots' rows were changed. Costs nothing where every call was delivered."""
    told = [answer for answer in answers if answer[1].kind is not Kind.DELIVERED]
    if not told:
        return
    pause_failing([robot_id for robot_id, outcome in told if outcome.action is RobotAction.COUNT_FAILURE], now=now)
    _paused_robots(told, now=now)
    _stopped_organisations(told, now=now)
    _wrong_clock(told, now=now)
    _everything_held(told, now=now)


def _paused_robots(told: Sequence[Answer], *, now: datetime) -> None:
    ids = [robot_id for robot_id, outcome in told if outcome.kind is Kind.REFUSED_ROBOT]
    if not ids:
        return
    paused = Robot.objects.filter(pk__in=ids, status=RobotStatus.PAUSED, paused_at=now)
    for robot in paused.exclude(paused_reason=PauseReason.BY_PERSON).only("name", "group_name", "paused_reason"):
        params = {"robot": robot.name, "group": robot.group_name, "reason": robot.paused_reason}
        raise_notice(NoticeKind.ROBOT_PAUSED, subject=robot_subject(robot.pk), params=params, at=now)


def _stopped_organisations(told: Sequence[Answer], *, now: datetime) -> None:
    ids = [robot_id for robot_id, outcome in told if outcome.action is RobotAction.STOP_ORGANISATION]
    if not ids:
        return
    for organisation in Organisation.objects.filter(robots__in=ids, quota_exhausted_until__gt=now).distinct():
        until = organisation.quota_exhausted_until
        params = {"organisation": organisation.name, "until": until.isoformat() if until else ""}
        raise_notice(NoticeKind.QUOTA_EXHAUSTED, subject=organisation_subject(organisation.pk), params=params, at=now)


def _wrong_clock(told: Sequence[Answer], *, now: datetime) -> None:
    """One notice for all of them, with the skew that DingTalk told last."""
    refused = [outcome for _robot_id, outcome in told if outcome.reason == ReasonKey.TIMESTAMP_INVALID]
    if not refused or not (_clock_notice_open() or _robots_refused_for_time(now) >= CLOCK_ROBOTS):
        return
    skews = [outcome.clock_skew_seconds for outcome in refused if outcome.clock_skew_seconds is not None]
    raise_notice(NoticeKind.CLOCK_OFF, params={"skew": skews[-1] if skews else None}, at=now)


def _clock_notice_open() -> bool:
    return Notice.objects.filter(kind=NoticeKind.CLOCK_OFF, closed_at=None).exists()


def _robots_refused_for_time(now: datetime) -> int:
    """How many different ones; no further than it takes to be sure."""
    refused = Attempt.objects.filter(
        reason=ReasonKey.TIMESTAMP_INVALID.value, started_at__gte=now - CLOCK_WINDOW, delivery__robot__isnull=False
    )
    return len(refused.order_by().values_list("delivery__robot", flat=True).distinct()[:CLOCK_ROBOTS])


def _everything_held(told: Sequence[Answer], *, now: datetime) -> None:
    for reason, kind in _EVERYTHING.items():
        waits = [outcome.wait_seconds for _robot_id, outcome in told if outcome.reason == reason]
        if waits:
            raise_notice(kind, params={"minutes": max(1, max(waits) // 60)}, at=now)
