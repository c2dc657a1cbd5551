"""/healthz and /readyz: the right status, and nothing of the inside for strangers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from dingadmin.tests.signs import SILENT_REDIS, sign, silent_database, tick

TOKEN = "metrics-token-not-real"
ALL_OK = {"database": "ok", "redis": "ok", "beat": "ok", "workers": "ok"}


def ready(client: Client, **headers: str) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz", headers=headers)
    return response.status_code, response.json()


def test_a_process_that_answers_lives_whatever_became_of_the_database(stranger: Client, settings: Settings) -> None:
    """Without the mark for it, a test that touches the database fails."""
    settings.REDIS_URL = SILENT_REDIS

    response = stranger.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_whoever_is_signed_in_costs_health_no_query_either(
    staff_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert staff_client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_while_everything_answers_and_gives_signs(
    stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tick(seconds_ago=9)
    sign(seconds_ago=19)
    sign(seconds_ago=7000, host="dead")

    with django_assert_num_queries(3):
        assert ready(stranger) == (200, {"ready": True, "checks": ALL_OK})


@pytest.mark.django_db
def test_a_fresh_installation_is_not_ready_before_the_first_signs(stranger: Client) -> None:
    checks = {**ALL_OK, "beat": "failed", "workers": "failed"}

    assert ready(stranger) == (503, {"ready": False, "checks": checks})


@pytest.mark.django_db
@pytest.mark.parametrize(("ticked", "signed", "failed"), [(11, 0, "beat"), (0, 21, "workers")])
def test_old_signs_are_none(stranger: Client, ticked: float, signed: float, failed: str) -> None:
    tick(seconds_ago=ticked)
    sign(seconds_ago=signed)

    assert ready(stranger) == (503, {"ready": False, "checks": {**ALL_OK, failed: "failed"}})


@pytest.mark.django_db
def test_not_ready_without_redis(stranger: Client, settings: Settings) -> None:
    tick()
    sign()
    settings.REDIS_URL = SILENT_REDIS

    assert ready(stranger) == (503, {"ready": False, "checks": {**ALL_OK, "redis": "failed"}})


@pytest.mark.django_db
def test_not_ready_without_database_and_nobody_is_taken_for_an_administrator(staff_client: Client) -> None:
    with silent_database():
        status, answer = ready(staff_client)

    assert status == 503
    assert answer == {"ready": False, "checks": dict.fromkeys(ALL_OK, "failed") | {"redis": "ok"}}


@pytest.mark.django_db
def test_administrators_see_seconds_and_causes_but_no_secret(staff_client: Client, settings: Settings) -> None:
    tick(seconds_ago=31)
    settings.REDIS_URL = SILENT_REDIS

    _status, answer = ready(staff_client)

    details = answer["details"]
    assert details["beat"]["seconds"] == pytest.approx(31, abs=5)
    assert details["workers"] == {"seconds": None, "cause": ""}
    assert details["redis"] == {"seconds": None, "cause": "ConnectionError"}
    assert "hunter2" not in str(answer)


@pytest.mark.django_db
def test_the_token_shows_details_even_without_a_database(stranger: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN

    with silent_database():
        _status, answer = ready(stranger, authorization=f"Bearer {TOKEN}")

    assert answer["details"]["database"] == {"seconds": None, "cause": "OperationalError"}
    assert "hunter2" not in str(answer)
    assert "10.0.0.7" not in str(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer 密钥"])
def test_another_token_shows_none(stranger: Client, settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN

    assert "details" not in ready(stranger, authorization=given)[1]


@pytest.mark.django_db
def test_without_a_token_an_empty_one_shows_none(stranger: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert "details" not in ready(stranger, authorization="Bearer ")[1]


@pytest.mark.django_db
def test_the_signed_in_who_are_no_administrators_see_verdicts_alone(powerless_client: Client) -> None:
    assert "details" not in ready(powerless_client)[1]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_look(staff_client: Client, path: str) -> None:
    assert staff_client.head(path).status_code in (200, 503)
    assert staff_client.post(path).status_code == 405
