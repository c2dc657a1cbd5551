"""Looks after the notices once a tick: closes those that are over, and raises what rows tell rather than replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from dingtalk.replies import Kind
from messages.engine.calendar_care import tell_unknown_years, years_known_again
from messages.engine.time_care import halted_going_again, missed_settled, overdue_gone, tell_overdue
from messages.models import (
    Attempt,
    Broadcast,
    BroadcastStatus,
    Delivery,
    EngineState,
    FirstGroup,
    FirstState,
    Notice,
    Worker,
)
from messages.notices.kinds import NoticeKind, subject_id
from messages.notices.raising import close_notices, open_notices, raise_notice
from robots.models import Organisation, PauseReason, Robot, RobotStatus

# So long after the last of them DingTalk has calmed down.
CALM_AFTER: Final = timedelta(minutes=10)
# The tick comes once a second; after so long without one, people have to know afterwards.
SILENT_AFTER: Final = timedelta(minutes=2)
# What is past and needs nothing any more need not stand on the first page for ever.
FORGOTTEN_AFTER: Final = timedelta(days=7)
# The tick looks every second: it need not read all attempts of an hour each time.
LOOK_BACK: Final = timedelta(minutes=1)
LOOKED_AT_PER_TICK: Final = 5000


def take_care(now: datetime) -> None:
    """Four queries while nothing is wrong."""
    notices = list(Notice.objects.filter(closed_at=None).order_by("last_at", "pk")[:LOOKED_AT_PER_TICK])
    _close_what_is_over(notices, now=now)
    _tell_undecided([notice for notice in notices if notice.kind == NoticeKind.UNCERTAIN_WAITING], now=now)
    tell_overdue([notice for notice in notices if notice.kind == NoticeKind.TIME_OVERDUE], now=now)
    tell_unknown_years([notice for notice in notices if notice.kind == NoticeKind.CALENDAR_UNKNOWN], now=now)


def tell_silence(now: datetime) -> None:
    """Before the tick is noted: if the one before it is long ago, nothing was fired or found in between."""
    last = EngineState.objects.filter(pk=1).values_list("ticked_at", flat=True).first()
    if last is None or now - last < SILENT_AFTER:
        return
    # A worker gives signs of life by a thread of its own: one that lived meanwhile was not told to tick.
    lived = Worker.objects.filter(started_at__lt=last + SILENT_AFTER / 2, seen_at__gt=now - SILENT_AFTER / 2).exists()
    kind = NoticeKind.BEAT_SILENT if lived else NoticeKind.WORKER_SILENT
    raise_notice(kind, params={"since": last.isoformat(), "until": now.isoformat()}, at=now)


def _tell_undecided(notices: list[Notice], *, now: datetime) -> None:
    """One notice for as long as there are any; its number follows theirs."""
    count = Delivery.objects.undecided().count()
    if count and not notices and not open_notices(NoticeKind.UNCERTAIN_WAITING, "").exists():
        raise_notice(NoticeKind.UNCERTAIN_WAITING, params={"count": count}, at=now)
    for notice in notices:
        if count and notice.params.get("count") != count:
            Notice.objects.filter(pk=notice.pk, closed_at=None).update(params={"count": count}, last_at=now)


def _close_what_is_over(notices: Iterable[Notice], *, now: datetime) -> None:
    by_kind: dict[str, list[Notice]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    over = [pk for kind, found in by_kind.items() if kind in _OVER for pk in _OVER[kind](found, now)]
    if over:
        close_notices(Notice.objects.filter(pk__in=over), at=now)


def _robots_going_again(notices: list[Notice], _now: datetime) -> list[int]:
    paused = Robot.objects.filter(pk__in=_subjects(notices), status=RobotStatus.PAUSED).exclude(
        paused_reason=PauseReason.BY_PERSON
    )
    return _other_than(notices, paused.order_by().values_list("pk", flat=True))


def _organisations_going_again(notices: list[Notice], now: datetime) -> list[int]:
    stopped = Organisation.objects.filter(pk__in=_subjects(notices), quota_exhausted_until__gt=now)
    return _other_than(notices, stopped.order_by().values_list("pk", flat=True))


def _clock_right_again(notices: list[Notice], now: datetime) -> list[int]:
    """A signed message was taken since: DingTalk found nothing wrong with its timestamp."""
    return [notice.pk for notice in notices if _signed_delivered_after(max(notice.last_at, now - LOOK_BACK))]


def _signed_delivered_after(moment: datetime) -> bool:
    taken = Attempt.objects.filter(kind=Kind.DELIVERED.value, started_at__gt=moment, delivery__robot__isnull=False)
    return taken.exclude(delivery__robot__secret_encrypted="").exists()


def _calm_again(notices: list[Notice], now: datetime) -> list[int]:
    held = EngineState.objects.filter(pk=1, hold_until__gt=now - CALM_AFTER).exists()
    return [notice.pk for notice in notices if not held and notice.last_at < now - CALM_AFTER]


def _long_ago(notices: list[Notice], now: datetime) -> list[int]:
    return [notice.pk for notice in notices if notice.last_at < now - FORGOTTEN_AFTER]


def _all_decided(notices: list[Notice], _now: datetime) -> list[int]:
    return [] if Delivery.objects.undecided().exists() else [notice.pk for notice in notices]


def _rest_released(notices: list[Notice], _now: datetime) -> list[int]:
    waiting = FirstGroup.objects.filter(broadcast__in=_subjects(notices), state=FirstState.OUT, watched=True)
    return _other_than(notices, waiting.exclude(told="").values_list("broadcast", flat=True))


def _going_again(notices: list[Notice], _now: datetime) -> list[int]:
    stopped = Broadcast.objects.filter(pk__in=_subjects(notices), paused_at__isnull=False)
    stopped = stopped.exclude(status=BroadcastStatus.CANCELLED)
    return _other_than(notices, stopped.order_by().values_list("pk", flat=True))


def _subjects(notices: Iterable[Notice]) -> list[int]:
    return [pk for notice in notices if (pk := subject_id(notice.subject)) is not None]


def _other_than(notices: Iterable[Notice], ids: Iterable[int]) -> list[int]:
    still = set(ids)
    return [notice.pk for notice in notices if subject_id(notice.subject) not in still]


_OVER: Final[Mapping[str, Callable[[list[Notice], datetime], list[int]]]] = {
    NoticeKind.ROBOT_PAUSED: _robots_going_again,
    NoticeKind.QUOTA_EXHAUSTED: _organisations_going_again,
    NoticeKind.CLOCK_OFF: _clock_right_again,
    NoticeKind.ADDRESS_BANNED: _calm_again,
    NoticeKind.THROTTLED_EVERYWHERE: _calm_again,
    NoticeKind.UNCERTAIN_WAITING: _all_decided,
    NoticeKind.REFUSED_AT_FIRING: _long_ago,
    NoticeKind.FIRST_GROUP_WAITS: _rest_released,
    NoticeKind.STOPPED_ITSELF: _going_again,
    NoticeKind.WORKER_SILENT: _long_ago,
    NoticeKind.BEAT_SILENT: _long_ago,
    NoticeKind.CALENDAR_UNKNOWN: years_known_again,
    NoticeKind.TIME_MISSED: missed_settled,
    NoticeKind.SCHEDULE_HALTED: halted_going_again,
    NoticeKind.TIME_OVERDUE: overdue_gone,
}
