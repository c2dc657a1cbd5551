"""Each part of the System page: the state it is in, and the sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from dingadmin.system import server_parts
from dingadmin.system.parts import ATTENTION, BROKEN, FINE, UNUSED, WAITS
from dingadmin.system.servers import Disk, PostgresState, RedisState, SqliteState
from dingadmin.tests.signs import sign, tick
from dingadmin.tests.telling import advice, facts, part
from messages.models import Attempt, EngineState
from messages.states import Presentation
from robots.encryption import newest_key_id
from robots.models import PauseReason, Robot, RobotStatus
from tests.factories import make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db

REDIS = RedisState("Redis 7.4.1", 1_000_000, 0, "noeviction", clock_ahead=0.1, answered_in=0.002)
POSTGRES = PostgresState("PostgreSQL 17.2", 5_000_000, connections=12, most_connections=100, clock_ahead=-0.2)
SQLITE = SqliteState("SQLite 3.40.1", "/srv/dingadmin.sqlite3", 5_000_000, 1000, "wal")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def running() -> None:
    tick()
    sign()


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


@pytest.mark.usefixtures("running")
def test_ticks_that_stop_while_a_worker_lives_are_beat_s_fault() -> None:
    tick(seconds_ago=11)

    assert part("beat").state == BROKEN
    assert "Start beat" in advice("beat")
    assert re.fullmatch(r"1[1-9]\.\d s", str(facts("beat")["Behind by"]))


def test_workers_are_told_with_their_signs_and_another_version_asks_for_the_rest_of_the_update(
    settings: Settings,
) -> None:
    tick()
    sign(seconds_ago=3, host="new", version=settings.VERSION)
    assert part("workers").state == FINE

    sign(seconds_ago=4000, host="dead", version="0.0.1")
    assert part("workers").state == FINE

    sign(host="old", version="0.0.1")
    assert part("workers").state == ATTENTION
    told = facts("workers")
    assert re.match(rf"lives · last sign \d s ago · version {settings.VERSION} · since 20", str(told["new:1"]))
    assert told["dead:1"] == "dead or cut off · last sign 1 hour ago · version 0.0.1"


@pytest.mark.usefixtures("running")
def test_what_is_due_and_does_not_go_out_is_out_of_order() -> None:
    make_delivery(due_at=ago(minutes=1))
    assert part("queue").state == FINE

    waiting = make_delivery(due_at=ago(minutes=3))
    assert part("queue").state == BROKEN

    Attempt.objects.create(delivery=waiting, number=1, started_at=ago(seconds=5), duration_ms=80, kind="delivered")
    assert part("queue").state == WAITS
    assert facts("queue")["Speed"] == "1 calls in the last minute, 0.0 a second"


@pytest.mark.usefixtures("running")
def test_what_is_due_for_robots_that_wait_for_their_minute_only_waits() -> None:
    robot = make_robot(hold_until=ago(minutes=-1), hold_reason="waiting_pacing")
    make_delivery(robot, due_at=ago(minutes=3))

    assert part("queue").state == WAITS
    assert facts("holds")["Robots that wait for their minute"] == 1
    assert part("holds").state == FINE


@pytest.mark.usefixtures("running")
def test_a_stop_by_a_person_is_told_and_explains_the_queue() -> None:
    EngineState.objects.update(stopped_at=ago(minutes=5), stopped_by_name="li")
    make_delivery(due_at=ago(minutes=3))

    assert part("queue").state == FINE
    assert part("holds").state == ATTENTION
    assert facts("holds")["Stopped by"] == "li"


@pytest.mark.usefixtures("running")
def test_a_ban_of_our_address_is_told_with_its_end_and_its_reason() -> None:
    until = ago(minutes=-5)
    EngineState.objects.update(hold_until=until, hold_reason="address_banned")

    assert part("holds").state == WAITS
    assert facts("holds")["DingTalk lets nothing through until"] == until
    assert "shut out this server" in str(part("holds").findings[0].cause)
    assert "goes on by itself" in advice("holds")


@pytest.mark.usefixtures("running")
def test_silenced_and_paused_robots_and_used_up_quotas_are_told() -> None:
    until = ago(days=-3)
    organisation = make_organisation("Shops", quota_exhausted_until=until)
    make_robot(organisation=organisation, hold_until=ago(minutes=-9), hold_reason="throttled")
    make_robot(status=RobotStatus.PAUSED, paused_reason=PauseReason.BY_PERSON)

    told = facts("holds")

    assert told["Shops: quota used up until"] == until
    assert (told["Robots silenced"], told["Robots paused"]) == (1, 1)
    assert part("holds").state == ATTENTION
    assert len(part("holds").findings) == 2


SERVER_FAULTS = [
    pytest.param("redis", {"most_bytes": 2_000_000, "eviction": "allkeys-lru"}, {}, ATTENTION, id="Redis forgets"),
    pytest.param("redis", {"most_bytes": 2_000_000}, {}, FINE, id="Redis with a limit"),
    pytest.param("database", {}, {"connections": 80}, ATTENTION, id="few connections left"),
    pytest.param("clocks", {}, {}, FINE, id="clocks that agree"),
    pytest.param("clocks", {"clock_ahead": 6.0}, {}, ATTENTION, id="the clock of Redis"),
    pytest.param("clocks", {}, {"clock_ahead": -61.0}, BROKEN, id="the clock of PostgreSQL"),
]


@pytest.mark.parametrize(("key", "redis", "postgres", "state"), SERVER_FAULTS)
def test_what_servers_tell_is_judged(
    key: str,
    redis: dict[str, Any],
    postgres: dict[str, Any],
    state: Presentation,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    settings.REDIS_EMBEDDED = False
    monkeypatch.setattr(server_parts, "ask_redis", lambda: replace(REDIS, **redis))
    monkeypatch.setattr(server_parts, "ask_database", lambda: replace(POSTGRES, **postgres))

    assert part(key).state == state


@pytest.mark.parametrize(("journal", "state"), [("wal", FINE), ("delete", ATTENTION)])
def test_sqlite_without_its_log_is_told(journal: str, state: Presentation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_parts, "ask_database", lambda: replace(SQLITE, journal=journal))

    assert part("database").state == state


@pytest.mark.parametrize(("free", "state"), [(3_000_000_000, FINE), (1_000_000_000, ATTENTION), (1_000_000, BROKEN)])
def test_a_full_disk_is_told_before_it_is_full(
    free: int, state: Presentation, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DATABASE_EMBEDDED = True
    monkeypatch.setattr(server_parts, "ask_disk", lambda folder: Disk(str(folder), free, 10_000_000_000))

    assert part("disk").state == state


def test_the_disk_of_a_database_server_is_looked_after_there(settings: Settings) -> None:
    settings.DATABASE_EMBEDDED = False

    assert part("disk").state == UNUSED
    assert "database server" in str(part("disk").unused)


def test_keys_are_told_by_their_ids_and_an_older_one_asks_for_a_rotation(settings: Settings) -> None:
    make_robot(secret="SECtest-not-real")
    older = newest_key_id()
    assert facts("keys") == {older: "2 values · newest, encrypts"}

    settings.ENCRYPTION_KEYS = ["bmV3ZXItdGVzdC1rZXktbmV3ZXItdGVzdC1rZXktMDE=", *settings.ENCRYPTION_KEYS]
    assert facts("keys") == {newest_key_id(): "0 values · newest, encrypts", older: "2 values"}
    assert part("keys").state == ATTENTION
    assert "rotate_keys" in advice("keys")


def test_values_of_a_key_that_is_not_configured_are_out_of_order() -> None:
    robot = make_robot()
    Robot.objects.filter(pk=robot.pk).update(token_encrypted="v1:0badc0de:gAAAA")

    assert part("keys").state == BROKEN
    assert facts("keys")["0badc0de"] == "1 value"


def test_a_simulator_in_production_and_simulated_robots_without_it_are_told(settings: Settings) -> None:
    settings.DINGADMIN_SIMULATOR, settings.EMBEDDED = True, False
    assert part("simulator").state == BROKEN

    settings.DINGADMIN_SIMULATOR = False
    assert part("simulator").state == UNUSED

    make_robot(organisation=make_organisation(simulated=True))
    assert part("simulator").state == ATTENTION
