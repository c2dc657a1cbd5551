from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from dingadmin.tests.signs import SILENT_REDIS, sign, silent_database, tick

pytestmark = pytest.mark.django_db


def test_fresh_signs_are_health() -> None:
    tick(seconds_ago=2)
    sign(seconds_ago=2, host="elsewhere")

    call_command("health")
    call_command("health", "beat")


def test_everything_that_is_not_well_is_told(settings: Settings) -> None:
    tick(seconds_ago=3600)
    settings.REDIS_URL = SILENT_REDIS

    with pytest.raises(CommandError) as refusal:
        call_command("health")

    assert str(refusal.value) == (
        "redis: ConnectionError; beat: the last sign of life was 3600 seconds ago; workers: no sign of life"
    )


def test_a_part_is_asked_alone() -> None:
    sign()
    call_command("health", "workers")

    with pytest.raises(CommandError, match=r"^beat: no sign of life$"):
        call_command("health", "beat", "workers")


def test_a_worker_elsewhere_is_none_here() -> None:
    sign(host="elsewhere")

    with pytest.raises(CommandError, match="workers: no sign of life"):
        call_command("health", "workers", here=True)

    sign()
    call_command("health", "workers", here=True)


def test_a_database_that_is_away_is_told_by_its_error_s_name() -> None:
    with silent_database(), pytest.raises(CommandError) as refusal:
        call_command("health", "database", "beat")

    assert str(refusal.value) == "database: OperationalError; beat: OperationalError"


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(CommandError, match="unknown: web"):
        call_command("health", "web")
