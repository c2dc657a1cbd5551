"""What becomes of a schedule's planned times: which one fires now, which were missed and why, and which comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from messages.models import Broadcast, BroadcastStatus, Run, Schedule
from messages.models.schedule import GOING
from messages.notices.kinds import NoticeKind, broadcast_subject
from messages.notices.raising import raise_notice
from messages.official_calendar.loading import load_calendar
from messages.schedule.changes import Change, ChangeKind
from messages.schedule.days import Calendar, UnknownYear
from messages.schedule.occurrences import firings
from messages.schedule.rule_text import key_text, read_key, read_rule
from messages.schedule.series import Occurrence
from robots.models import Organisation

CalendarOf: TypeAlias = Callable[[Organisation | None], Calendar]

# What was planned for every minute of a month without power need not be looked at one by one.
LOOKED_AT: Final = 1000
# No rule gives more than one a minute: fewer than LOOKED_AT are due in this time, so that the next one is found.
LOOKED_BACK: Final = timedelta(minutes=LOOKED_AT // 2)


@dataclass(frozen=True, slots=True)
class Step:
    """`unread`: from the last of `missed` on there are more, up to this moment. `unknown_year`: why nothing comes."""

    missed: tuple[Occurrence, ...] = ()
    fires: Occurrence | None = None
    comes: Occurrence | None = None
    unknown_year: int | None = None
    unread: datetime | None = None


def step(schedule: Schedule, *, now: datetime, late_limit: timedelta | None) -> Step:
    """At most one of those that are due fires, the last one, unless it is later than that.

    One query, three more for the calendar, and one for each occurrence that may have had its run at another time.
    """
    after = schedule.decided_until
    due, comes, unknown_year = _look(schedule, after=after, now=now)
    unread = None
    if len(due) > LOOKED_AT and comes is None and unknown_year is None:
        read = due[-1].at
        after = max(read, now - LOOKED_BACK)
        unread = after if after > read else None
        recent, comes, unknown_year = _look(schedule, after=after, now=now)
        due = [*due, *recent]
    last = due[-1] if due else None
    if last and (late_limit is None or now - last.at <= late_limit):
        return Step(tuple(due[:-1]), last, comes, unknown_year, unread)
    return Step(tuple(due), None, comes, unknown_year, unread)


def _look(
    schedule: Schedule, *, after: datetime, now: datetime
) -> tuple[list[Occurrence], Occurrence | None, int | None]:
    """What is due since, the first that is not, and the year that would have to be known to tell."""
    due: list[Occurrence] = []
    try:
        for found in _fresh(schedule, after=after):
            if found.at > now:
                return due, found, None
            due.append(found)
            if len(due) > LOOKED_AT:
                return due, None, None
    except UnknownYear as unknown:
        return due, None, unknown.year
    return due, None, None


def upcoming(
    schedule: Schedule, *, after: datetime, calendar_of: CalendarOf = load_calendar
) -> tuple[Occurrence | None, int | None]:
    """The first that goes out later than that; or the unknown year for which nobody can tell."""
    try:
        return next(_fresh(schedule, after=after, calendar_of=calendar_of), None), None
    except UnknownYear as unknown:
        return None, unknown.year


def changes_of(schedule: Schedule) -> list[Change]:
    rows = schedule.changes.values_list("key", "kind", "moved_to", "by_name", "at")
    return [
        Change(read_key(key), ChangeKind(kind), read_key(moved_to) if moved_to else None, by, at)
        for key, kind, moved_to, by, at in rows
    ]


def _fresh(schedule: Schedule, *, after: datetime, calendar_of: CalendarOf = load_calendar) -> Iterator[Occurrence]:
    """Without those that had their run already: at another time, before the calendar was changed under them."""
    rule = read_rule(schedule.rule)
    # The times of a rule that does not ask it are the same without; only the reasons for people would say less.
    calendar = calendar_of(schedule.organisation) if rule.asks_the_calendar else Calendar({})
    runs = Run.objects.filter(broadcast=schedule.broadcast_id)
    for found in firings(rule, calendar, changes_of(schedule), after=after):
        movable = rule.asks_the_calendar or found.change is not None
        if not (movable and runs.filter(key=key_text(found.key)).exists()):
            yield found


def move_on(broadcast: Broadcast, schedule: Schedule, done: Step, *, planned_at: datetime, now: datetime) -> bool:
    """Write down what comes next; False when somebody else did meanwhile. In the caller's transaction.

    `planned_at`: the next planned time as the caller read it.
    """
    decided = [found.at for found in (*done.missed, done.fires) if found]
    schedule.decided_until = max((schedule.decided_until, *decided))
    schedule.save(update_fields=["decided_until"])
    return plan_next(broadcast, comes=done.comes, unknown_year=done.unknown_year, seen=planned_at, now=now)


def plan_next(
    broadcast: Broadcast,
    *,
    comes: Occurrence | None,
    unknown_year: int | None,
    seen: datetime | None,
    now: datetime,
) -> bool:
    """Planned, or stopped before a year that is not known, or done. `seen`: its next planned time until now."""
    if comes:
        status = BroadcastStatus.SCHEDULED
    else:
        status = BroadcastStatus.FIRED if unknown_year is None else BroadcastStatus.HALTED
    rows = Broadcast.objects.filter(pk=broadcast.pk, next_at=seen).exclude(status=BroadcastStatus.CANCELLED)
    if rows.update(status=status, next_at=comes.at if comes else None) != 1:
        return False
    if status == BroadcastStatus.HALTED:
        params = {"broadcast": broadcast.name, "year": unknown_year}
        raise_notice(NoticeKind.SCHEDULE_HALTED, subject=broadcast_subject(broadcast.pk), params=params, at=now)
    return True


def going_by_calendar() -> QuerySet[Schedule]:
    """Those that go by the official calendar and are not at their end. Reads no broadcast that goes out once."""
    return Schedule.objects.filter(asks_calendar=True, broadcast__status__in=GOING)


def replan(broadcast_id: int, *, now: datetime, calendar_of: CalendarOf = load_calendar) -> bool:
    """Work out the next planned time anew, after its calendar or one of its occurrences was changed.

    What is due by now is left to its firing. In a transaction of its own or the caller's; False when it does not recur
    any more.
    """
    with transaction.atomic():
        broadcast = Broadcast.objects.select_for_update().filter(pk=broadcast_id, recurs=True).first()
        schedule = Schedule.objects.select_related("organisation").filter(broadcast=broadcast_id).first()
        if broadcast is None or schedule is None or schedule.ended_at or broadcast.status == BroadcastStatus.CANCELLED:
            return False
        comes, unknown_year = upcoming(schedule, after=schedule.decided_until, calendar_of=calendar_of)
        return plan_next(broadcast, comes=comes, unknown_year=unknown_year, seen=broadcast.next_at, now=now)
