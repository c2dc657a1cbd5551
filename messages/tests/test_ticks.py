"""What a tick costs while very many wait, and what it leaves to others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from messages import tasks
from messages.engine.giving_up import GivingUp, give_up_unsendable
from messages.engine.planner import for_this_transaction
from messages.engine.queue import SORTING
from messages.engine.recovery import distrust_old_retries, retry_uncertain
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, EngineState, Run
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

MANY = 300


def let_wait(count: int) -> None:
    """So many for one robot, each in a run of its own."""
    first = make_delivery()
    now = timezone.now()
    times = [now + timedelta(seconds=number) for number in range(1, count)]
    Run.objects.bulk_create([Run(broadcast=first.run.broadcast, planned_at=at, fired_at=at) for at in times])
    Delivery.objects.bulk_create(
        Delivery(
            run=run,
            robot=first.robot,
            robot_name=first.robot_name,
            body=first.body,
            msg_uuid=f"00000000-0000-0000-0000-{run.pk:012d}",
            planned_at=run.planned_at,
            due_at=now,
            turn=run.pk,
        )
        for run in Run.objects.exclude(pk=first.run_id)
    )


def look_for_the_hopeless(now: datetime) -> None:
    assert give_up_unsendable(now, simulator=False) == 0
    assert retry_uncertain(now) == 0
    assert distrust_old_retries(now) == 0


@pytest.mark.django_db
def test_while_nothing_waits_one_query_tells_that_nothing_is_hopeless(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert give_up_unsendable(timezone.now(), simulator=False) == 0


@pytest.mark.django_db
def test_a_look_that_finds_nothing_writes_nothing() -> None:
    """SQLite lets one write at a time: a tick would wait for every fan-out and for every pump."""
    let_wait(3)
    with CaptureQueriesContext(connection) as queries:
        look_for_the_hopeless(timezone.now())
    assert [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "DELETE"))] == []


@pytest.mark.django_db
def test_no_look_reads_all_that_waits() -> None:
    let_wait(MANY)
    with CaptureQueriesContext(connection) as queries:
        look_for_the_hopeless(timezone.now())
    looks = [query["sql"] for query in queries if query["sql"].startswith("SELECT") and "delivery" in query["sql"]]
    assert len(looks) >= 8
    for look in looks:
        assert_begins_elsewhere(look)


def assert_begins_elsewhere(look: str) -> None:
    plan = plan_of(look)
    if connection.vendor == "postgresql":
        assert f"rows={MANY} " not in plan, plan
        assert "Rows Removed" not in plan or f": {MANY}\n" not in plan, plan
    else:
        # The general index of all states holds all that waits; the others hold few rows, or are entered by a robot's.
        assert "delivery_by_status" not in plan, plan
        assert "SCAN broadcasts_delivery" not in plan, plan


def plan_of(look: str) -> str:
    """On PostgreSQL with the rows that each step gave, planned as the looks are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for_this_transaction((*SORTING, "enable_seqscan"), "off")
        cursor.execute(
            f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)'} "
            + look.replace("%", "%%")
        )
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.django_db
def test_what_comes_back_to_the_queue_after_a_cancel_is_found_by_every_later_tick() -> None:
    giving_up = GivingUp()
    now = timezone.now()
    giving_up.give_up(now, simulator=True)
    lately = make_delivery(run=cancelled_run(now - timedelta(minutes=10)))
    assert giving_up.give_up(now + timedelta(seconds=1), simulator=True) == 1
    lately.refresh_from_db()
    assert (lately.status, lately.reason) == (DeliveryStatus.CANCELLED, "cancelled")


@pytest.mark.django_db
def test_after_a_downtime_the_first_tick_finds_what_was_cancelled_long_ago() -> None:
    long_ago = make_delivery(run=cancelled_run(timezone.now() - timedelta(days=30)))
    assert GivingUp().give_up(timezone.now(), simulator=True) == 1
    long_ago.refresh_from_db()
    assert long_ago.status == DeliveryStatus.CANCELLED


def cancelled_run(at: datetime) -> Run:
    return make_run(make_broadcast(status=BroadcastStatus.CANCELLED, cancelled_at=at))


@contextmanager
def busy_firing(monkeypatch: pytest.MonkeyPatch, count: int) -> Iterator[None]:
    """So many ticks of this process are in the middle of long fan-outs."""
    begun, go_on = threading.Semaphore(0), threading.Event()

    def fan_out_for_long(_now: datetime) -> int:
        begun.release()
        go_on.wait(30)
        return 0

    def tick() -> None:
        tasks.tick()
        connection.close()

    with monkeypatch.context() as patch:
        patch.setattr("messages.tasks.fire_due", fan_out_for_long)
        threads = [threading.Thread(target=tick) for _ in range(count)]
        for thread in threads:
            thread.start()
        for _thread in threads:
            assert begun.acquire(timeout=30)
    try:
        yield
    finally:
        go_on.set()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_during_a_fan_out_others_are_fired_and_what_is_hopeless_is_given_up(monkeypatch) -> None:
    with busy_firing(monkeypatch, 1):
        other = make_broadcast(robots=[make_robot()])
        delivery = make_delivery(useful_until=timezone.now() - timedelta(seconds=1))
        before = timezone.now()
        tasks.tick()
        delivery.refresh_from_db()
        assert delivery.status == DeliveryStatus.EXPIRED
        assert Run.objects.filter(broadcast=other).exists()
        assert EngineState.objects.get().ticked_at >= before


@pytest.mark.django_db(transaction=True)
def test_ticks_do_not_queue_up_behind_fan_outs(monkeypatch) -> None:
    """Threads are left for the ticks that find lost calls, and for a pump, however many fan-outs are due."""
    with busy_firing(monkeypatch, 2):
        third = make_broadcast(robots=[make_robot()])
        before = timezone.now()
        tasks.tick()
        assert not Run.objects.filter(broadcast=third).exists()
        assert EngineState.objects.get().ticked_at >= before
    assert settings.CELERY_WORKER_CONCURRENCY > 3
    tasks.tick()
    assert Run.objects.filter(broadcast=third).exists()


@pytest.mark.django_db(transaction=True)
def test_an_error_of_one_firing_does_not_keep_the_house_from_being_kept(monkeypatch) -> None:
    def break_down(_now: datetime) -> int:
        raise RuntimeError("one odd broadcast")

    monkeypatch.setattr("messages.tasks.fire_due", break_down)
    before = timezone.now()
    with pytest.raises(RuntimeError):
        tasks.tick()
    assert EngineState.objects.get().ticked_at >= before
    assert Broadcast.objects.count() == 0
