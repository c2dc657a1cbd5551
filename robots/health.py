"""What a reply says about the robot, its organisation or the whole installation, written to their rows.

Called by the engine inside the transaction that records the reply. Every reply is given here once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, Q

from audit.actors import SYSTEM
from audit.log import record
from dingtalk.replies import Kind, Outcome, RobotAction
from dingtalk.secrets import Secret
from robots.bulk import is_one_of, numbers, update_many
from robots.encryption import known_fingerprints
from robots.models import Organisation, PauseReason, Robot, RobotStatus

LONGEST_SILENCE_SECONDS = 3600
# DingTalk counts its quotas by the Chinese month.
_QUOTA_ZONE = ZoneInfo("Asia/Shanghai")


class LastResult(NamedTuple):
    """Named and ordered like the robot's own fields, the robot last."""

    last_kind: str
    last_reason: str
    last_errcode: int | None
    last_at: datetime
    last_duration_ms: int
    robot_id: int


def store_last_results(results: Sequence[LastResult]) -> None:
    newest = {result.robot_id: result for result in results}
    update_many(Robot, LastResult._fields[:-1], [*newest.values()])


def note_outcome(robot_id: int, outcome: Outcome, *, token: Secret, at: datetime, is_test: bool) -> None:
    """Do what the reply advises about the robot. `token`: of the webhook that was called."""
    if outcome.action is RobotAction.STOP_ORGANISATION:
        _stop_organisation(robot_id, at=at)
    elif _says_something(outcome, is_test=is_test) and _has_webhook(robot_id, token):
        _note_robot(robot_id, outcome, at=at)


def _says_something(outcome: Outcome, *, is_test: bool) -> bool:
    delivered_test = is_test and outcome.kind is Kind.DELIVERED
    return delivered_test or outcome.action in (RobotAction.SILENCE, RobotAction.PAUSE)


def _has_webhook(robot_id: int, token: Secret) -> bool:
    """What was said of a webhook that a person has replaced meanwhile says nothing of the new one."""
    return Robot.objects.filter(pk=robot_id, token_fingerprint__in=known_fingerprints(token)).exists()


def _note_robot(robot_id: int, outcome: Outcome, *, at: datetime) -> None:
    if outcome.kind is Kind.DELIVERED:
        _bring_back(robot_id)
    elif outcome.action is RobotAction.SILENCE:
        _silence(robot_id, outcome, at=at)
    else:
        pause(robot_id, outcome.reason, at=at)


def hold(robot_id: int, *, until: datetime, reason: str) -> None:
    """Let no call to the robot out before then; a longer hold that stands already is kept."""
    Robot.objects.filter(Q(hold_until=None) | Q(hold_until__lt=until), pk=robot_id).update(
        hold_until=until, hold_reason=reason
    )


def pause(robot_id: int, reason: str, *, at: datetime) -> None:
    """For a reason that DingTalk's replies gave; a robot that is paused already keeps its own."""
    active = Robot.objects.filter(pk=robot_id, status=RobotStatus.ACTIVE)
    if active.update(status=RobotStatus.PAUSED, paused_reason=reason, paused_at=at):
        record("robot.paused", by=SYSTEM, target=Robot.objects.get(pk=robot_id), detail={"reason": reason})


def start_of_next_month(at: datetime) -> datetime:
    local = at.astimezone(_QUOTA_ZONE)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def end_silences(robot_ids: Sequence[int]) -> None:
    """A delivery succeeded: the next throttled reply is a first one again."""
    table = Robot._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET silences = 0 WHERE silences > 0 AND {is_one_of('id')}",  # noqa: S608
            [numbers(robot_ids)],
        )


def _silence(robot_id: int, outcome: Outcome, *, at: datetime) -> None:
    """DingTalk throttled it. The second time in a row it stays silent for twice as long, and so on up to an hour."""
    silences = Robot.objects.filter(pk=robot_id).values_list("silences", flat=True).first() or 0
    seconds = min(max(1, outcome.wait_seconds) * 2**silences, LONGEST_SILENCE_SECONDS)
    Robot.objects.filter(pk=robot_id).update(silences=F("silences") + 1)
    hold(robot_id, until=at + timedelta(seconds=seconds), reason=outcome.reason)


def _bring_back(robot_id: int) -> None:
    """A test arrived: what a reply had stopped goes on. What a person paused stays paused."""
    paused_by_reply = Robot.objects.filter(pk=robot_id, status=RobotStatus.PAUSED).exclude(
        paused_reason=PauseReason.BY_PERSON
    )
    if paused_by_reply.update(status=RobotStatus.ACTIVE, paused_reason="", paused_at=None):
        record("robot.resumed", by=SYSTEM, target=Robot.objects.get(pk=robot_id), detail={"after": "a successful test"})
    organisation = Organisation.objects.filter(robots=robot_id, quota_exhausted_until__isnull=False)
    organisation.update(quota_exhausted_until=None)


def _stop_organisation(robot_id: int, *, at: datetime) -> None:
    until = start_of_next_month(at)
    going = Organisation.objects.filter(Q(quota_exhausted_until=None) | Q(quota_exhausted_until__lte=at))
    organisation = going.filter(robots=robot_id).first()
    if organisation and going.filter(pk=organisation.pk).update(quota_exhausted_until=until):
        record("organisation.stopped", by=SYSTEM, target=organisation, detail={"until": until.isoformat()})
