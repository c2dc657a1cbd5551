"""The kinds of notices there are, and whom each of them is about."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """With the plain values that its params hold; times are ISO 8601."""

    ROBOT_PAUSED = "robot_paused_by_reply"  # robot, group, reason
    QUOTA_EXHAUSTED = "organisation_quota_exhausted"  # organisation, until
    CLOCK_OFF = "clock_off"  # skew: our clock minus DingTalk's in seconds, None when DingTalk did not tell
    ADDRESS_BANNED = "address_banned"  # minutes
    THROTTLED_EVERYWHERE = "throttled_everywhere"  # nothing
    UNCERTAIN_WAITING = "uncertain_waiting"  # count
    REFUSED_AT_FIRING = "refused_at_firing"  # broadcast, count, reason: the most frequent one
    FIRST_GROUP_WAITS = "first_group_waits"  # broadcast, group, why: the verdict
    STOPPED_ITSELF = "broadcast_stopped_itself"  # broadcast, failed, ended, share
    TIME_MISSED = "planned_time_missed"  # broadcast, count, planned_at: the last one, recurs
    SCHEDULE_HALTED = "schedule_halted"  # broadcast, year
    TIME_OVERDUE = "planned_time_overdue"  # broadcast, planned_at
    WORKER_SILENT = "worker_silent"  # since, until
    BEAT_SILENT = "beat_silent"  # since, until
    CALENDAR_UNKNOWN = "calendar_unknown"  # year, count: of the schedules that need it


# What waits for a person stays until the person has done it: putting it away would only hide it.
STAYS_UNTIL_DONE = frozenset({NoticeKind.UNCERTAIN_WAITING, NoticeKind.CALENDAR_UNKNOWN})


def robot_subject(robot_id: int) -> str:
    return f"robot:{robot_id}"


def organisation_subject(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"


def broadcast_subject(broadcast_id: int) -> str:
    return f"broadcast:{broadcast_id}"


def year_subject(year: int) -> str:
    return f"year:{year}"


def subject_id(subject: str) -> int | None:
    """The number of the row that a notice is about; None when it is about the installation."""
    number = subject.partition(":")[2]
    return int(number) if number.isdecimal() else None
