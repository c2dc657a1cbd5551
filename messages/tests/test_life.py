"""Signs of life: who lives has a fresh row, who ended has none, who died has an old one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError

from messages.engine import life
from messages.engine.life import SignsOfLife, give_sign, worker_name
from messages.models import Worker
from messages.tasks import make_pump

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def signs() -> Iterator[SignsOfLife]:
    signs = SignsOfLife("host:1", seconds=0.02)
    yield signs
    signs.end()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.django_db
def test_the_first_sign_makes_the_row_and_the_next_one_renews_it() -> None:
    give_sign("host:1", started_at=NOW, now=NOW)
    give_sign("host:1", started_at=NOW, now=NOW + timedelta(seconds=5))

    worker = Worker.objects.get()
    assert (worker.name, worker.version) == ("host:1", settings.VERSION)
    assert (worker.started_at, worker.seen_at) == (NOW, NOW + timedelta(seconds=5))


@pytest.mark.django_db
def test_a_worker_that_died_is_remembered_for_a_day() -> None:
    give_sign("dead:1", started_at=NOW, now=NOW)

    give_sign("host:1", started_at=NOW, now=NOW + timedelta(hours=23))
    assert set(Worker.objects.values_list("name", flat=True)) == {"dead:1", "host:1"}

    give_sign("host:1", started_at=NOW, now=NOW + timedelta(hours=25))
    assert set(Worker.objects.values_list("name", flat=True)) == {"host:1"}


@pytest.mark.django_db(transaction=True)
def test_signs_are_given_until_the_end_which_takes_the_row_away(signs: SignsOfLife) -> None:
    signs.start()
    wait_for(Worker.objects.exists)
    first = Worker.objects.get().seen_at

    wait_for(lambda: Worker.objects.get().seen_at > first)
    assert Worker.objects.get().started_at <= first
    signs.end()
    time.sleep(0.1)

    assert not Worker.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_away_for_a_while_ends_no_signs(
    signs: SignsOfLife, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([OperationalError("connection to 10.0.0.7 failed")] * 2)

    def flaky(name: str, *, started_at: datetime, now: datetime) -> None:
        for error in failures:
            raise error
        give_sign(name, started_at=started_at, now=now)

    monkeypatch.setattr(life, "give_sign", flaky)
    signs.start()

    wait_for(Worker.objects.exists)
    said = "No sign of life could be given (OperationalError)"
    assert [record.getMessage() for record in caplog.records] == [said, said]


def test_claims_and_rows_are_signed_with_the_same_name() -> None:
    assert make_pump().rules.worker == worker_name()
