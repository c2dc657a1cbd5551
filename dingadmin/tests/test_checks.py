"""Every mistake in the settings that we know has an id, a sentence and a hint; and the defaults make none."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.core.checks import CheckMessage, run_checks
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from dingadmin import checks, server_checks
from dingadmin.checks import SHORTEST_LEASE_SECONDS, TAG
from dingadmin.home import new_encryption_key
from dingtalk.client import DEFAULT_LIMITS

EVERYWHERE = "0.0.0.0"  # noqa: S104
PRODUCTION = {"EMBEDDED": False, "DATABASE_EMBEDDED": False, "REDIS_EMBEDDED": False, "DINGADMIN_SIMULATOR": False}


@pytest.fixture
def sound(settings: Settings) -> Settings:
    """An embedded start in which nothing is wrong."""
    settings.SECRET_KEY = "k" * 50
    settings.ENCRYPTION_KEYS = [new_encryption_key()]
    settings.EMBEDDED = settings.DATABASE_EMBEDDED = settings.REDIS_EMBEDDED = True
    settings.DINGADMIN_SIMULATOR = False
    settings.METRICS_TOKEN = ""
    settings.SILENCED_SYSTEM_CHECKS = []
    settings.DINGTALK_BASE_URL = "https://oapi.dingtalk.com"
    return settings


def found(*, servers: bool = False) -> dict[str, CheckMessage]:
    return {str(message.id): message for message in run_checks(tags=[TAG], include_deployment_checks=servers)}


def test_the_defaults_make_no_mistake(sound: Settings) -> None:
    assert found() == {}


MISTAKES = [
    pytest.param("E001", {"SECRET_KEY": ""}, "DINGADMIN_SECRET_KEY", id="no secret key"),
    pytest.param("E001", {"SECRET_KEY": "short"}, "DINGADMIN_SECRET_KEY", id="short secret key"),
    pytest.param("E002", {"ENCRYPTION_KEYS": []}, "DINGADMIN_ENCRYPTION_KEYS", id="no encryption key"),
    pytest.param("E003", {"ENCRYPTION_KEYS": ["not-a-key"]}, "1", id="an encryption key that is none"),
    pytest.param(
        "E004", {"DEBUG": True, "PUBLIC_URL": "https://ding.example.com"}, "DINGADMIN_DEBUG", id="debug by name"
    ),
    pytest.param("E004", {"DEBUG": True, "BIND": EVERYWHERE}, "DINGADMIN_DEBUG", id="debug by address"),
    pytest.param("E005", {**PRODUCTION, "DINGADMIN_SIMULATOR": True}, "", id="simulator in production"),
    pytest.param("E006", {"LEASE_SECONDS": 15}, "DINGADMIN_LEASE_SECONDS", id="a lease shorter than a call"),
    pytest.param("W002", {"DINGTALK_BASE_URL": "http://10.1.2.3:8080"}, "DINGTALK_BASE_URL", id="DingTalk without TLS"),
    pytest.param(
        "W005", {**PRODUCTION, "METRICS_TOKEN": ""}, "DINGADMIN_METRICS_TOKEN", id="production that nobody can watch"
    ),
    pytest.param("E011", {"METRICS_TOKEN": "guess-me"}, "DINGADMIN_METRICS_TOKEN", id="a token to guess"),
    pytest.param("W003", {"BIND": EVERYWHERE}, "", id="public without a name"),
]


@pytest.mark.parametrize(("number", "mistake", "named"), MISTAKES)
def test_a_mistake_is_found(sound: Settings, number: str, mistake: dict[str, Any], named: str) -> None:
    for name, value in mistake.items():
        setattr(sound, name, value)

    message = found()[f"dingadmin.{number}"]

    assert message.is_serious() == number.startswith("E")
    assert named in message.msg
    assert message.hint


def test_an_encryption_key_is_named_by_its_place_and_never_shown(sound: Settings) -> None:
    sound.ENCRYPTION_KEYS = [new_encryption_key(), "a-key-of-the-wrong-form"]

    message = found()["dingadmin.E003"]

    assert "2" in message.msg
    assert "a-key-of-the-wrong-form" not in str(message)


@pytest.mark.parametrize(
    "harmless",
    [
        {"DEBUG": True},
        {"DEBUG": True, "PUBLIC_URL": "http://localhost:8000"},
        {"DINGADMIN_SIMULATOR": True},
        {"DINGTALK_BASE_URL": "http://127.0.0.1:9000"},
        {"METRICS_TOKEN": "0123456789abcdef"},
        {"EMBEDDED": False, "METRICS_TOKEN": "0123456789abcdef"},
        {"BIND": EVERYWHERE, "PUBLIC_URL": "https://ding.example.com"},
    ],
    ids=str,
)
def test_what_is_meant_that_way_is_let_through(sound: Settings, harmless: dict[str, Any]) -> None:
    for name, value in harmless.items():
        setattr(sound, name, value)

    assert found() == {}


def test_sqlite_with_a_broker_for_many_machines_is_found(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sound.REDIS_EMBEDDED = False

    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    assert "SQLite" in found()["dingadmin.W001"].msg

    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="postgresql"))
    assert found() == {}


def test_the_shortest_lease_outlasts_the_longest_call() -> None:
    assert DEFAULT_LIMITS.total_seconds < SHORTEST_LEASE_SECONDS


def test_no_other_command_waits_for_a_server(sound: Settings) -> None:
    sound.REDIS_URL = "redis://127.0.0.1:1/0"

    assert found() == {}


@pytest.mark.django_db
def test_a_broker_that_answers_is_no_mistake(sound: Settings) -> None:
    assert found(servers=True) == {}


@pytest.mark.django_db
def test_a_broker_that_cannot_be_reached_is_found_and_its_password_not_shown(sound: Settings) -> None:
    sound.REDIS_URL = "redis://:a-password@127.0.0.1:1/0"

    message = found(servers=True)["dingadmin.E007"]

    assert "ConnectionError" in message.msg
    assert "a-password" not in str(message)


def test_a_database_that_cannot_be_reached_is_found(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("password=a-password")

    monkeypatch.setattr(server_checks, "connection", SimpleNamespace(vendor="postgresql", cursor=refuse))

    message = found(servers=True)["dingadmin.E008"]

    assert "OperationalError" in message.msg
    assert "a-password" not in str(message)


@pytest.mark.django_db
def test_an_old_redis_is_found(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis.Redis, "info", lambda _self, _section: {"redis_version": "6.0.16"})

    assert "6.0.16" in found(servers=True)["dingadmin.E009"].msg


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "seconds", "number"),
    [(1, 0, "E010"), (-1, 0, "E010"), (0, 61, "E010"), (0, 20, "W004"), (0, -20, "W004")],
)
def test_a_clock_that_is_off_is_found(
    sound: Settings, monkeypatch: pytest.MonkeyPatch, hours: int, seconds: int, number: str
) -> None:
    sound.REDIS_EMBEDDED = False
    here = timezone.now() + timedelta(hours=hours, seconds=seconds)
    monkeypatch.setattr(server_checks.timezone, "now", lambda: here)

    message = found(servers=True)[f"dingadmin.{number}"]

    assert message.is_serious() == (number == "E010")
    assert "Redis" in message.msg or "PostgreSQL" in message.msg


@pytest.mark.django_db
def test_the_database_server_s_clock_is_asked(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has a clock of its own")
    here = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(server_checks.timezone, "now", lambda: here)

    messages = run_checks(tags=[TAG], include_deployment_checks=True)

    assert any("PostgreSQL" in message.msg for message in messages if message.id == "dingadmin.E010")


@pytest.mark.django_db
def test_a_worker_does_not_start_on_a_mistake(sound: Settings) -> None:
    sound.LEASE_SECONDS = 1

    with pytest.raises(SystemExit):
        server_checks.refuse_to_work()


@pytest.mark.django_db
def test_a_worker_starts_on_a_warning(sound: Settings, caplog: pytest.LogCaptureFixture) -> None:
    sound.DINGTALK_BASE_URL = "http://10.1.2.3"

    server_checks.refuse_to_work()

    assert "dingadmin.W002" in caplog.text
