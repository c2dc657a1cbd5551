"""Recurring broadcasts: laid down with their launch, their occurrences skipped or moved one by one, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.engine.recurring import changes_of, going_by_calendar, replan
from messages.models import Broadcast, BroadcastStatus, ChangeKind, OccurrenceChange, Schedule
from messages.models.schedule import GOING
from messages.official_calendar.loading import load_calendar
from messages.schedule.changes import Change
from messages.schedule.days import Calendar, UnknownYear
from messages.schedule.occurrences import find_occurrence
from messages.schedule.preview import first_firing
from messages.schedule.rule_text import key_text, read_key, read_rule, rule_text
from messages.schedule.rules import Rule
from messages.schedule.series import Occurrence
from messages.schedule.wall_times import at_wall_time, clock
from messages.wakeups import wake_tick
from robots.models import Organisation

# A planned time that passed longer ago than this is not made up for; a launch may say otherwise.
LATE_LIMIT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`organisation`: whose own days count besides the official calendar; None: those of all organisations alone."""

    rule: Rule
    organisation: Organisation | None = None


class CannotChange(Exception):
    """Nothing was changed. `text` says why, for the person who asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the schedule cannot be changed")


def first_time(recurrence: Recurrence, *, now: datetime) -> Occurrence:
    """The first that goes out later than now. Raises BadRule when, by the calendar as it is known, there is none."""
    return first_firing(recurrence.rule, load_calendar(recurrence.organisation), after=now)


def lay_down(broadcast: Broadcast, recurrence: Recurrence, *, now: datetime) -> None:
    """In the transaction of the launch, whose broadcast is planned for the first time later than now."""
    Schedule.objects.create(
        broadcast=broadcast,
        rule=rule_text(recurrence.rule),
        asks_calendar=recurrence.rule.asks_the_calendar,
        organisation=recurrence.organisation,
        decided_until=now,
    )


@dataclass(frozen=True, slots=True)
class Series:
    """What its dates follow from. `after`: those up to then are decided."""

    rule: Rule
    calendar: Calendar
    changes: tuple[Change, ...]
    after: datetime


def series_of(schedule: Schedule) -> Series:
    return Series(
        rule=read_rule(schedule.rule),
        calendar=load_calendar(schedule.organisation),
        changes=tuple(changes_of(schedule)),
        after=max(schedule.decided_until, timezone.now()),
    )


def skip_occurrence(broadcast: Broadcast, key: str, *, by: Actor) -> None:
    """The series goes on as it was. Raises CannotChange when it is not to come (any more)."""
    _change(broadcast, key, by=by, kind=ChangeKind.SKIP, action="schedule.skipped")


def move_occurrence(broadcast: Broadcast, key: str, to: datetime, *, by: Actor) -> None:
    """`to`: a wall time in the schedule's zone. Raises CannotChange, also when that is over."""
    _change(
        broadcast, key, by=by, kind=ChangeKind.MOVE, to=to.replace(second=0, microsecond=0), action="schedule.moved"
    )


@transaction.atomic
def restore_occurrence(broadcast: Broadcast, key: str, *, by: Actor) -> bool:
    """As the rule gives it. False when nobody had changed it. Raises CannotChange when it is over."""
    schedule, now = _locked(broadcast), timezone.now()
    _to_come(schedule, key, now=now)
    if not OccurrenceChange.objects.filter(schedule=schedule, key=key).delete()[0]:
        return False
    _replanned(broadcast, now=now)
    record("schedule.restored", by=by, target=broadcast, detail={"occurrence": key})
    return True


@transaction.atomic
def end_schedule(broadcast: Broadcast, *, by: Actor) -> bool:
    """Nothing more is planned; what has fired goes out. False when it had ended already."""
    schedule, now = _locked(broadcast), timezone.now()
    going = Broadcast.objects.filter(pk=broadcast.pk, status__in=GOING)
    if not going.update(status=BroadcastStatus.FIRED, next_at=None):
        return False
    Schedule.objects.filter(pk=schedule.pk).update(ended_at=now, ended_by_name=by.name, decided_until=now)
    record("schedule.ended", by=by, target=broadcast)
    return True


@transaction.atomic
def send_missed(broadcast: Broadcast, *, by: Actor) -> bool:
    """A broadcast whose one time passed goes out now, however late. False when it was decided already."""
    now = timezone.now()
    missed = Broadcast.objects.filter(pk=broadcast.pk, status=BroadcastStatus.MISSED)
    if not missed.update(status=BroadcastStatus.SCHEDULED, next_at=now, late_limit=None):
        return False
    record("broadcast.sent_late", by=by, target=broadcast)
    transaction.on_commit(wake_tick)
    return True


def replan_by_calendar(*, now: datetime) -> int:
    """After the calendar was changed: the next times of all that go by it. Returns how many were looked at.

    In the transaction of the change. Each calendar is read once, behind the lock on the first broadcast that goes by
    it: who changes it at the same time waits there.
    """
    ids = list(going_by_calendar().order_by("broadcast_id").values_list("broadcast_id", flat=True))
    calendar_of = cache(load_calendar)
    return sum(replan(pk, now=now, calendar_of=calendar_of) for pk in ids)


def _change(
    broadcast: Broadcast, key: str, *, by: Actor, kind: ChangeKind, action: str, to: datetime | None = None
) -> None:
    with transaction.atomic():
        schedule, now = _locked(broadcast), timezone.now()
        original = _to_come(schedule, key, now=now)
        detail: Mapping[str, Any] = {"occurrence": key}
        if to:
            _check_new_time(to, read_rule(schedule.rule), now=now)
            detail = {**detail, "to": key_text(to)}
        OccurrenceChange.objects.update_or_create(
            schedule=schedule,
            key=key_text(original.key),
            defaults={"kind": kind, "moved_to": key_text(to) if to else "", "by_name": by.name},
        )
        _replanned(broadcast, now=now)
        record(action, by=by, target=broadcast, detail=detail)


def _locked(broadcast: Broadcast) -> Schedule:
    """Behind a firing that runs at this moment, or before the next one. Raises CannotChange when it is at an end."""
    current = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
    schedule = Schedule.objects.select_related("organisation").filter(broadcast=broadcast).first()
    if schedule is None or current.status not in GOING:
        raise CannotChange(_("This schedule is at its end: nothing more is planned."))
    return schedule


def _to_come(schedule: Schedule, key: str, *, now: datetime) -> Occurrence:
    """The occurrence as the rule gives it, which has not been decided by time yet, wherever it was moved to."""
    rule, calendar = read_rule(schedule.rule), load_calendar(schedule.organisation)
    try:
        original = find_occurrence(rule, calendar, read_key(key))
    except (ValueError, UnknownYear):
        original = None
    if original is None:
        raise CannotChange(_("There is no such date in this schedule."))
    change = next((one for one in changes_of(schedule) if one.key == original.key), None)
    moment = at_wall_time(change.to, rule.zone_info).moment if change and change.to else original.at
    if max(moment, original.at) <= now or schedule.broadcast.runs.filter(key=key_text(original.key)).exists():
        raise CannotChange(_("This date is over: it can no longer be changed."))
    return original


def _check_new_time(to: datetime, rule: Rule, *, now: datetime) -> None:
    moment = at_wall_time(to, rule.zone_info).moment
    if moment <= now:
        told = {"time": clock(moment, rule.zone_info)}
        raise CannotChange(_("%(time)s is already over: choose a later time.") % told)


def _replanned(broadcast: Broadcast, *, now: datetime) -> None:
    replan(broadcast.pk, now=now)
    transaction.on_commit(wake_tick)
