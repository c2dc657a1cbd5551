from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import NOBODY, Text
from messages.engine.care import take_care
from messages.engine.firing import fire, fire_due
from messages.models import (
    Broadcast,
    BroadcastStatus,
    CalendarState,
    CalendarYear,
    Delivery,
    MissedReason,
    MissedTime,
    Notice,
    Run,
)
from messages.notices.kinds import NoticeKind
from messages.schedule.making import make_rule
from messages.schedule.rules import BadRule, Days, Shift
from messages.services.calendar.years import begin_year, describe_year, set_days
from messages.services.cancel import cancel_broadcast
from messages.services.launch import launch
from messages.services.pausing import pause_broadcast, resume_broadcast
from messages.services.recurring import (
    CannotChange,
    Recurrence,
    end_schedule,
    move_occurrence,
    restore_occurrence,
    send_missed,
    skip_occurrence,
)
from messages.states import broadcast_state
from tests.factories import make_broadcast, make_robot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official_calendar")]

LI = Actor(name="li")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def at(month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = 2026, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type, misc]  # noqa: DTZ001 - a wall time has no zone


def launched(*, now: datetime, late_limit: timedelta | None = timedelta(minutes=30), **rule: object) -> Broadcast:
    values: dict[str, object] = {"starts": wall(2026, 1, 1, 9), "repeats": "FREQ=DAILY"}
    made = make_rule(**{**values, **rule})  # type: ignore[arg-type]
    with time_machine.travel(now, tick=False):
        return launch(
            message=Text("Good morning."),
            at=NOBODY,
            robots=[make_robot()],
            name="Morning",
            by=LI,
            launch_key=uuid.uuid4(),
            planned_at=None,
            zone="Asia/Shanghai",
            recurrence=Recurrence(made),
            late_limit=late_limit,
        )


def tick(now: datetime) -> int:
    with time_machine.travel(now, tick=False):
        fired = fire_due(timezone.now())
        take_care(timezone.now())
        return fired


def planned(broadcast: Broadcast) -> datetime | None:
    broadcast.refresh_from_db()
    return broadcast.next_at


def runs(broadcast: Broadcast) -> list[datetime]:
    return list(broadcast.runs.order_by("planned_at").values_list("planned_at", flat=True))


def notices(kind: NoticeKind) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind, closed_at=None))


def test_it_is_planned_for_its_first_time_and_each_firing_plans_the_next() -> None:
    broadcast = launched(now=at(3, 2, 12))
    assert planned(broadcast) == at(3, 3)
    assert tick(at(3, 3, second=1)) == 1
    assert (planned(broadcast), broadcast.status) == (at(3, 4), BroadcastStatus.SCHEDULED)
    assert tick(at(3, 4)) == 1
    assert runs(broadcast) == [at(3, 3), at(3, 4)]
    assert Delivery.objects.count() == 2
    assert [run.key for run in broadcast.runs.order_by("pk")] == ["2026-03-03T09:00:00", "2026-03-04T09:00:00"]


def test_it_is_over_after_its_last_time() -> None:
    broadcast = launched(now=at(3, 2, 12), starts=wall(2026, 3, 2, 13), count=2)
    tick(at(3, 2, 13))
    tick(at(3, 3, 13))
    assert (planned(broadcast), broadcast.status) == (None, BroadcastStatus.FIRED)


def test_workdays_follow_the_official_calendar_with_make_up_days() -> None:
    broadcast = launched(now=at(9, 30, 12), days=Days.WORKDAYS)
    assert planned(broadcast) == at(10, 8)  # National Day is 1 to 7 October
    tick(at(10, 8))
    tick(at(10, 9))
    assert planned(broadcast) == at(10, 10)  # a Saturday on which people work


def test_a_clock_that_is_set_back_fires_nothing_twice() -> None:
    broadcast = launched(now=at(3, 2, 12))
    tick(at(3, 3))
    assert tick(at(3, 2, 13)) == 0
    assert tick(at(3, 3)) == 0
    assert runs(broadcast) == [at(3, 3)]


def test_after_a_night_without_power_at_most_one_run_goes_out_and_each_missed_time_is_a_row() -> None:
    broadcast = launched(now=at(3, 2, 12), repeats="0 * * * *")
    tick(at(3, 2, 13))
    assert tick(at(3, 2, 18, 20)) == 1
    assert runs(broadcast) == [at(3, 2, 13), at(3, 2, 18)]
    missed = MissedTime.objects.filter(broadcast=broadcast).order_by("planned_at")
    assert [row.planned_at for row in missed] == [at(3, 2, hour) for hour in (14, 15, 16, 17)]
    assert {row.reason for row in missed} == {MissedReason.LATE}
    assert planned(broadcast) == at(3, 2, 19)
    [notice] = notices(NoticeKind.TIME_MISSED)
    assert notice.params["count"] == 4


def test_what_is_later_than_its_limit_is_not_sent_and_says_so() -> None:
    broadcast = launched(now=at(3, 2, 12))
    assert tick(at(3, 3, 9, 31)) == 0
    assert runs(broadcast) == []
    assert planned(broadcast) == at(3, 4)
    assert [row.planned_at for row in broadcast.missed.all()] == [at(3, 3)]


def test_very_many_missed_times_are_put_on_record_in_bounded_time() -> None:
    broadcast = launched(now=at(3, 2, 12), repeats="* * * * *")
    assert tick(at(3, 9, 12)) == 1
    assert runs(broadcast) == [at(3, 9, 12)]
    rows = list(broadcast.missed.order_by("planned_at"))
    assert len(rows) < 1600
    assert rows[0].planned_at == at(3, 2, 12, 1)
    [gap] = [row for row in rows if row.until]
    following = rows[rows.index(gap) + 1]
    assert following.planned_at == gap.until + timedelta(minutes=1)


@pytest.mark.parametrize("late_limit", [timedelta(days=2), None])
def test_of_very_many_that_are_not_too_late_the_last_one_goes_out_and_the_schedule_goes_on(
    late_limit: timedelta | None,
) -> None:
    broadcast = launched(now=at(3, 2, 12), repeats="* * * * *", late_limit=late_limit)
    assert tick(at(3, 9, 12)) == 1
    assert runs(broadcast) == [at(3, 9, 12)]
    assert (planned(broadcast), broadcast.status) == (at(3, 9, 12, 1), BroadcastStatus.SCHEDULED)
    assert tick(at(3, 9, 12)) == 0


def test_what_was_paused_at_its_time_is_missed_for_that_reason() -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 20), tick=False):
        pause_broadcast(broadcast, by=LI)
    assert tick(at(3, 3)) == 0
    with time_machine.travel(at(3, 4, 12), tick=False):
        resume_broadcast(broadcast, by=LI)
    assert tick(at(3, 4, 12)) == 0
    assert [(row.planned_at, row.reason) for row in broadcast.missed.order_by("planned_at")] == [
        (at(3, 3), MissedReason.PAUSED),
        (at(3, 4), MissedReason.PAUSED),
    ]
    assert planned(broadcast) == at(3, 5)
    assert notices(NoticeKind.TIME_MISSED) == []


def test_before_a_year_that_is_not_known_it_stops_says_so_and_goes_on_once_it_is_known() -> None:
    broadcast = launched(now=at(12, 30, 12), days=Days.WORKDAYS)
    assert planned(broadcast) == at(12, 31)
    tick(at(12, 31))
    assert (planned(broadcast), broadcast.status) == (None, BroadcastStatus.HALTED)
    [notice] = notices(NoticeKind.SCHEDULE_HALTED)
    assert notice.params["year"] == 2027
    assert tick(at(1, 4, year=2027)) == 0

    with time_machine.travel(at(1, 4, 12, year=2027), tick=False):
        begin_year(year=2027, by=LI)
        year = CalendarYear.objects.get(year=2027)
        describe_year(year=2027, state=CalendarState.OFFICIAL, source="typed", as_of=year.as_of, by=LI)
    # What it would have sent meanwhile is a missed time, and not a late message.
    tick(at(1, 4, 12, year=2027))
    assert (planned(broadcast), broadcast.status) == (at(1, 5, year=2027), BroadcastStatus.SCHEDULED)
    assert broadcast.missed.count() == 2  # Friday 1 January, which nobody typed as a holiday, and Monday
    assert notices(NoticeKind.SCHEDULE_HALTED) == []


def test_a_rule_that_starts_beyond_the_known_calendar_is_refused_at_the_launch() -> None:
    with pytest.raises(BadRule) as refusal:
        launched(now=at(12, 30, 12), starts=wall(2027, 3, 1, 9), days=Days.WORKDAYS)
    assert [error.field for error in refusal.value.errors] == ["days"]
    assert not Broadcast.objects.exists()


def test_one_occurrence_is_skipped_and_the_series_goes_on() -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 13), tick=False):
        skip_occurrence(broadcast, "2026-03-03T09:00:00", by=LI)
    assert planned(broadcast) == at(3, 4)
    assert tick(at(3, 3)) == 0
    assert Entry.objects.filter(action="schedule.skipped").exists()


def test_one_occurrence_is_moved_and_can_be_restored() -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 13), tick=False):
        move_occurrence(broadcast, "2026-03-03T09:00:00", wall(2026, 3, 3, 7, 30), by=LI)
        assert planned(broadcast) == at(3, 3, 7, 30)
        assert restore_occurrence(broadcast, "2026-03-03T09:00:00", by=LI)
        assert planned(broadcast) == at(3, 3)
        assert not restore_occurrence(broadcast, "2026-03-03T09:00:00", by=LI)


def test_a_moved_occurrence_keeps_its_key_and_the_others_their_times() -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 13), tick=False):
        move_occurrence(broadcast, "2026-03-03T09:00:00", wall(2026, 3, 4, 15), by=LI)
    tick(at(3, 4))
    tick(at(3, 4, 15))
    assert [(run.planned_at, run.key) for run in broadcast.runs.order_by("pk")] == [
        (at(3, 4), "2026-03-04T09:00:00"),
        (at(3, 4, 15), "2026-03-03T09:00:00"),
    ]


@pytest.mark.parametrize("key", ["2026-03-03T10:00:00", "nonsense", "2026-03-01T09:00:00", ""])
def test_a_date_that_is_not_to_come_cannot_be_skipped(key: str) -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 13), tick=False), pytest.raises(CannotChange):
        skip_occurrence(broadcast, key, by=LI)
    assert planned(broadcast) == at(3, 3)


def test_a_date_cannot_be_moved_into_the_past() -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 13), tick=False), pytest.raises(CannotChange) as refusal:
        move_occurrence(broadcast, "2026-03-03T09:00:00", wall(2026, 3, 2, 12, 59), by=LI)
    assert "already over" in refusal.value.text


def test_a_date_that_had_its_run_does_not_get_another_when_the_calendar_moves_it() -> None:
    broadcast = launched(
        now=at(9, 30, 8),
        starts=wall(2026, 10, 1, 9),
        repeats="FREQ=MONTHLY;BYMONTHDAY=1",
        days=Days.WORKDAYS,
        shift=Shift.EARLIER,
    )
    assert planned(broadcast) == at(9, 30)
    tick(at(9, 30))
    with time_machine.travel(at(9, 30, 10), tick=False):
        set_days(year=2026, first=at(9, 30).date(), last=at(9, 30).date(), kind="holiday", name="国庆节", by=LI)
        set_days(year=2026, first=at(10, 1).date(), last=at(10, 1).date(), kind="", name="", by=LI)
    assert planned(broadcast) == at(10, 30)
    assert tick(at(10, 1)) == 0


def test_an_ended_schedule_plans_nothing_more() -> None:
    broadcast = launched(now=at(3, 2, 12))
    with time_machine.travel(at(3, 2, 13), tick=False):
        assert end_schedule(broadcast, by=LI)
    assert tick(at(3, 3)) == 0
    assert (planned(broadcast), broadcast.status) == (None, BroadcastStatus.FIRED)


def test_one_occurrence_has_one_run_whatever_the_time_of_it() -> None:
    broadcast = make_broadcast(robots=[make_robot()])
    Run.objects.create(broadcast=broadcast, planned_at=at(3, 3), fired_at=at(3, 3), key="2026-03-03T09:00:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(broadcast=broadcast, planned_at=at(3, 4), fired_at=at(3, 4), key="2026-03-03T09:00:00")


def test_what_goes_out_once_and_was_missed_waits_for_a_person_who_may_send_it_late() -> None:
    broadcast = make_broadcast(robots=[make_robot()], planned_at=at(3, 3), late_limit=timedelta(minutes=30))
    assert tick(at(3, 3, 9, 31)) == 0
    assert (planned(broadcast), broadcast.status) == (None, BroadcastStatus.MISSED)
    assert len(notices(NoticeKind.TIME_MISSED)) == 1
    with time_machine.travel(at(3, 3, 11), tick=False):
        assert send_missed(broadcast, by=LI)
        assert not send_missed(broadcast, by=LI)
    assert tick(at(3, 3, 11)) == 1
    assert notices(NoticeKind.TIME_MISSED) == []


def test_what_a_person_resumed_goes_out_however_late() -> None:
    broadcast = make_broadcast(robots=[make_robot()], planned_at=at(3, 3), late_limit=timedelta(minutes=30))
    with time_machine.travel(at(3, 2), tick=False):
        pause_broadcast(broadcast, by=LI)
    with time_machine.travel(at(3, 5), tick=False):
        resume_broadcast(broadcast, by=LI)
    assert tick(at(3, 5)) == 1


def test_a_planned_time_without_a_run_is_told_after_two_minutes_until_it_has_one() -> None:
    broadcast = make_broadcast(robots=[make_robot()], planned_at=at(3, 3))
    with time_machine.travel(at(3, 3, 9, 3), tick=False):
        take_care(timezone.now())
        assert [notice.params["broadcast"] for notice in notices(NoticeKind.TIME_OVERDUE)] == ["Fire drill"]
        fire(broadcast.pk, now=timezone.now())
        take_care(timezone.now())
    assert notices(NoticeKind.TIME_OVERDUE) == []


def test_times_are_wall_times_across_daylight_saving() -> None:
    broadcast = launched(now=at(3, 27), zone="Europe/Berlin", starts=wall(2026, 1, 1, 9))
    tick(datetime(2026, 3, 27, 8, tzinfo=UTC))
    tick(datetime(2026, 3, 28, 8, tzinfo=UTC))
    assert planned(broadcast) == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_between_two_runs_it_says_that_it_repeats_and_what_stopped_it() -> None:
    broadcast = launched(now=at(12, 30, 12), days=Days.WORKDAYS)
    assert str(broadcast_state(broadcast, {}).label) == "Repeats"
    assert str(broadcast_state(broadcast, {"delivered": 3}).label) == "Repeats"
    assert str(broadcast_state(broadcast, {"delivered": 3, "waiting": 1}).label) == "Going out"
    tick(at(12, 31))
    broadcast.refresh_from_db()
    assert str(broadcast_state(broadcast, {"delivered": 1}).label) == "Stopped: calendar unknown"
    assert cancel_broadcast(broadcast, by=LI) == 1


def test_what_was_missed_can_be_left_for_good() -> None:
    broadcast = make_broadcast(robots=[make_robot()], planned_at=at(3, 3), late_limit=timedelta(minutes=30))
    tick(at(3, 3, 12))
    cancel_broadcast(broadcast, by=LI)
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.CANCELLED
    assert notices(NoticeKind.TIME_MISSED) != []
    tick(at(3, 3, 12))
    assert notices(NoticeKind.TIME_MISSED) == []
