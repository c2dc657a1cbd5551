"""What a reply says about the robot, its organisation or the whole installation, written to their rows.

Called by the engine inside the transaction that records the reply. Every change is a conditional update: a reply that
comes late, or twice, changes nothing again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from audit.actors import SYSTEM
from audit.log import record
from dingtalk.replies import Kind, Outcome, RobotAction
from robots.models import Organisation, PauseReason, Robot, RobotStatus

# DingTalk counts its quotas by the Chinese month.
_QUOTA_ZONE = ZoneInfo("Asia/Shanghai")


def note_outcome(robot_id: int, outcome: Outcome, *, at: datetime, duration_ms: int, is_test: bool) -> None:
    """Keep the robot's last result and do what the reply advises."""
    Robot.objects.filter(pk=robot_id).update(
        last_kind=outcome.kind.value,
        last_reason=outcome.reason,
        last_errcode=outcome.errcode,
        last_at=at,
        last_duration_ms=duration_ms,
    )
    if outcome.kind is Kind.DELIVERED:
        _note_delivered(robot_id, is_test=is_test)
    elif outcome.action is RobotAction.PAUSE:
        _pause(robot_id, outcome.reason, at=at)
    elif outcome.action is RobotAction.STOP_ORGANISATION:
        _stop_organisation(robot_id, at=at)


def hold(robot_id: int, *, until: datetime, reason: str) -> None:
    """Let no call to the robot out before then; a longer hold that stands already is kept."""
    Robot.objects.filter(Q(hold_until=None) | Q(hold_until__lt=until), pk=robot_id).update(
        hold_until=until, hold_reason=reason
    )


def start_of_next_month(at: datetime) -> datetime:
    local = at.astimezone(_QUOTA_ZONE)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _note_delivered(robot_id: int, *, is_test: bool) -> None:
    if not is_test:
        return
    paused_by_reply = Robot.objects.filter(pk=robot_id, status=RobotStatus.PAUSED).exclude(
        paused_reason=PauseReason.BY_PERSON
    )
    if paused_by_reply.update(status=RobotStatus.ACTIVE, paused_reason="", paused_at=None):
        record("robot.resumed", by=SYSTEM, target=Robot.objects.get(pk=robot_id), detail={"after": "a successful test"})
    organisation = Organisation.objects.filter(robots=robot_id, quota_exhausted_until__isnull=False)
    organisation.update(quota_exhausted_until=None)


def _pause(robot_id: int, reason: str, *, at: datetime) -> None:
    active = Robot.objects.filter(pk=robot_id, status=RobotStatus.ACTIVE)
    if active.update(status=RobotStatus.PAUSED, paused_reason=reason, paused_at=at):
        record("robot.paused", by=SYSTEM, target=Robot.objects.get(pk=robot_id), detail={"reason": reason})


def _stop_organisation(robot_id: int, *, at: datetime) -> None:
    until = start_of_next_month(at)
    going = Organisation.objects.filter(Q(quota_exhausted_until=None) | Q(quota_exhausted_until__lte=at))
    organisation = going.filter(robots=robot_id).first()
    if organisation and going.filter(pk=organisation.pk).update(quota_exhausted_until=until):
        record("organisation.stopped", by=SYSTEM, target=organisation, detail={"until": until.isoformat()})
