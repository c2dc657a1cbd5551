from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from messages.history.pace import Pace, Remaining, expected_end, pace_of
from messages.history.progress import progress_of
from messages.models import Broadcast, BroadcastStatus, DeliveryStatus, EngineState, Run
from messages.pages.broadcasts.late import late_by
from messages.pages.broadcasts.pace import pace_in_words
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def going_out(*, minutes_ago: int = 5) -> tuple[Broadcast, Run]:
    broadcast = make_broadcast(status=BroadcastStatus.FIRED, planned_at=later(minutes=-minutes_ago))
    return broadcast, make_run(broadcast)


def sent(run: Run, count: int, *, seconds_ago: float, **fields: object) -> None:
    for _number in range(count):
        values = {"status": DeliveryStatus.DELIVERED, "calls": 1, "ended_at": later(seconds=-seconds_ago)}
        make_delivery(run=run, **{**values, **fields})


def pace(broadcast: Broadcast, *, engine: EngineState | None = None) -> Pace | None:
    progress = progress_of([broadcast.pk])[broadcast.pk]
    return pace_of(broadcast, progress, now=NOW, engine=engine, a_minute=18)


# --- how fast ---------------------------------------------------------------------------------------------------------
def test_the_speed_is_that_of_the_calls_that_ended_in_the_last_ten_seconds():
    broadcast, run = going_out()
    sent(run, 4, seconds_ago=2)
    sent(run, 1, seconds_ago=3, status=DeliveryStatus.FAILED)
    sent(run, 5, seconds_ago=11)
    sent(run, 2, seconds_ago=1, status=DeliveryStatus.FAILED, calls=0)  # given up without a call
    sent(make_run(), 3, seconds_ago=1)
    make_delivery(run=run, due_at=NOW)
    assert pace(broadcast) == Pace(0.5, later(seconds=2))


def test_what_has_just_begun_is_measured_over_the_time_since_then():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast, planned_at=later(seconds=-2))
    sent(run, 4, seconds_ago=1)
    make_delivery(run=run, due_at=NOW)
    assert pace(broadcast) == Pace(2.0, later(seconds=0.5))


@pytest.mark.parametrize(
    ("fields", "engine"),
    [
        pytest.param({"paused_at": NOW}, None, id="paused"),
        pytest.param({}, EngineState(stopped_at=NOW), id="all sending stopped"),
    ],
)
def test_what_is_stopped_has_no_pace(fields, engine):
    broadcast, run = going_out()
    make_delivery(run=run)
    Broadcast.objects.update(**fields)
    broadcast.refresh_from_db()
    assert pace(broadcast, engine=engine) is None


def test_what_has_ended_or_not_begun_has_no_pace():
    broadcast, run = going_out()
    sent(run, 1, seconds_ago=1)
    assert pace(broadcast) is None
    assert pace(make_broadcast()) is None


# --- the expected end -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("remaining", "per_second", "end"),
    [
        pytest.param(Remaining(ready=120), 2.0, later(minutes=1), id="by the speed"),
        pytest.param(Remaining(ready=120), 0.0, None, id="nothing goes out: nobody can tell"),
        pytest.param(Remaining(0, 5, later(minutes=7)), 0.0, later(minutes=7), id="all are held"),
        pytest.param(Remaining(10, 5, later(minutes=7)), 1.0, later(minutes=7), id="the held ones come last"),
        pytest.param(Remaining(900, 5, later(minutes=7)), 1.0, later(minutes=15), id="the speed comes last"),
        pytest.param(Remaining(ready=1, minutes_of_queue=2), 1.0, later(minutes=2, seconds=1), id="a group's queue"),
    ],
)
def test_the_end_follows_from_the_speed_and_from_what_is_held(remaining, per_second, end):
    assert expected_end(remaining, per_second=per_second, now=NOW) == end


def test_pacing_silences_and_waiting_retries_put_the_end_off():
    broadcast, run = going_out()
    make_delivery(make_robot(hold_until=later(seconds=40), hold_reason="waiting_pacing"), run=run, due_at=NOW)
    make_delivery(make_robot(hold_until=later(minutes=-3), hold_reason="throttled"), run=run, due_at=later(minutes=2))
    assert pace(broadcast) == Pace(0.0, later(minutes=2))
    make_delivery(run=run, due_at=NOW)
    assert pace(broadcast) == Pace(0.0, None), "one could go out, and none does"


def test_a_ban_puts_the_end_off():
    broadcast, run = going_out()
    make_delivery(run=run, due_at=NOW)
    assert pace(broadcast, engine=EngineState(hold_until=later(minutes=5))) == Pace(0.0, later(minutes=5))


def test_messages_that_stand_before_it_in_its_group_put_the_end_off():
    robot = make_robot(hold_until=later(seconds=30), hold_reason="waiting_pacing")
    broadcast, run = going_out()
    make_delivery(robot, run=run, due_at=NOW)
    for number in range(40):
        make_delivery(robot, planned_at=later(minutes=-10, seconds=number))
    make_delivery(robot, planned_at=later(minutes=10))
    paused = make_run(make_broadcast(status=BroadcastStatus.FIRED, paused_at=NOW))
    make_delivery(robot, run=paused, planned_at=later(minutes=-20))
    assert pace(broadcast) == Pace(0.0, later(minutes=2, seconds=30))


# --- in words ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "speed", "end"),
    [
        pytest.param(
            Pace(12.34, later(minutes=6, seconds=10)),
            "12 sent per second over the last 10 seconds.",
            "It will be done at about 10:07 (Asia/Shanghai).",
            id="on the clocks of its zone",
        ),
        pytest.param(
            Pace(0.6, later(seconds=20)),
            "0.6 sent per second over the last 10 seconds.",
            "It will be done in less than a minute.",
            id="in a moment",
        ),
        pytest.param(
            Pace(0, None),
            "Nothing went out in the last 10 seconds.",
            "When it will be done cannot be told yet.",
            id="unknown",
        ),
        pytest.param(
            Pace(1, later(hours=20)),
            "1.0 sent per second over the last 10 seconds.",
            "It will be done at about 2026-11-25 06:01 (Asia/Shanghai).",
            id="on another day",
        ),
    ],
)
def test_the_pace_is_told_in_words(given, speed, end):
    with override("en"):
        told = pace_in_words(given, zone="Asia/Shanghai", now=NOW)
    assert told is not None
    assert (told.speed, told.end) == (speed, end)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        pytest.param(timedelta(seconds=61), "1 minute late", id="a minute"),
        pytest.param(timedelta(minutes=72), "72 minutes late", id="minutes"),
        pytest.param(timedelta(hours=5, minutes=59), "5 hours late", id="hours"),
        pytest.param(timedelta(days=3), "3 days late", id="days"),
    ],
)
def test_lateness_is_told_in_words(span, words):
    with override("en"):
        assert late_by(span) == words


# --- by an index ------------------------------------------------------------------------------------------------------
def test_progress_is_counted_by_one_query_over_the_index_of_its_deliveries():
    robots = [make_robot() for _number in range(20)]
    for _number in range(30):
        broadcast, run = going_out()
        for robot in robots:
            make_delivery(robot, run=run)
    with CaptureQueriesContext(connection) as captured:
        progress_of([broadcast.pk])
    (query,) = captured.captured_queries
    # Of a table without statistics PostgreSQL may take the other index that is led by the run.
    assert any(index in plan_of(query["sql"]) for index in ("delivery_progress", "delivery_part_once_per_run"))


def plan_of(query: str) -> str:
    """As for tables that are too long to be read as a whole."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if postgres:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{'EXPLAIN' if postgres else 'EXPLAIN QUERY PLAN'} {query}")
        return str(cursor.fetchall())
