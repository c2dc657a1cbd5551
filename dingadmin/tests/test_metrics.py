"""/metrics: Prometheus can read it, the figures are those of the rows, and nobody else gets them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from dingadmin.tests.signs import SILENT_REDIS, sign, silent_database, tick
from messages.models import Attempt, BroadcastStatus, DeliveryStatus, EngineState, Notice
from messages.notices.kinds import NoticeKind
from robots.models import PauseReason, RobotStatus
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db

TOKEN = "metrics-token-not-real"
QUERIES = 14
Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(client: Client | None = None) -> Mapping[Sample, float]:
    """Every sample by its name, less the prefix, and its labels; read as Prometheus reads it."""
    response = (client or Client()).get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(response.content.decode()))
    assert all(family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    assert all(sample.name.startswith("dingadmin_") for sample in samples)
    return {
        (sample.name.removeprefix("dingadmin_"), tuple(sorted(sample.labels.items()))): sample.value
        for sample in samples
    }


def value(name: str, **labels: str) -> float:
    return scrape()[name, tuple(sorted(labels.items()))]


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def make_attempt(*, kind: str = "delivered", seconds_ago: float = 1, duration_ms: int = 80, **delivery: object) -> None:
    Attempt.objects.create(
        delivery=make_delivery(status=DeliveryStatus.DELIVERED, **delivery),
        number=1,
        started_at=ago(seconds=seconds_ago),
        duration_ms=duration_ms,
        kind=kind,
        reason=kind,
        token_fingerprint="0" * 64,
    )


def test_an_empty_installation_can_be_read() -> None:
    samples = scrape()

    assert samples["deliveries", (("status", "waiting"),)] == 0
    assert samples["oldest_due_seconds", ()] == 0
    assert samples["last_tick_age_seconds", ()] == float("inf")
    assert samples["workers_alive", ()] == 0


def test_what_has_not_ended_is_counted_by_state() -> None:
    make_delivery()
    make_delivery()
    make_delivery(status=DeliveryStatus.SENDING)
    make_delivery(status=DeliveryStatus.UNCERTAIN)
    make_delivery(status=DeliveryStatus.UNCERTAIN, due_at=timezone.now())
    make_delivery(status=DeliveryStatus.DELIVERED)

    samples = scrape()

    counted = {labels[0][1]: count for (name, labels), count in samples.items() if name == "deliveries"}
    assert counted == {"waiting": 2, "sending": 1, "uncertain": 2}
    assert samples["deliveries_undecided", ()] == 1


def test_what_ended_is_counted_in_an_hour_and_a_day() -> None:
    for minutes in (1, 59, 61, 1439, 1441):
        make_delivery(status=DeliveryStatus.FAILED, ended_at=ago(minutes=minutes))

    samples = scrape()

    ended = {tuple(label[1] for label in labels): count for (name, labels), count in samples.items() if "ended" in name}
    assert (ended["failed", "1h"], ended["failed", "24h"]) == (2, 4)
    assert ended["delivered", "1h"] == ended["cancelled", "24h"] == ended["expired", "1h"] == 0


def test_the_oldest_that_is_due_gives_the_age() -> None:
    make_delivery(due_at=ago(seconds=-500))
    assert value("oldest_due_seconds") == 0

    make_delivery(due_at=ago(seconds=90))
    make_delivery(due_at=ago(seconds=30))
    assert value("oldest_due_seconds") == pytest.approx(90, abs=5)


def test_what_a_person_paused_does_not_grow_old() -> None:
    paused = make_broadcast(status=BroadcastStatus.FIRED, paused_at=timezone.now())
    make_delivery(run=make_run(paused), due_at=ago(hours=9))

    assert value("oldest_due_seconds") == 0


def test_calls_are_counted_by_their_outcome_and_their_durations_fall_into_buckets() -> None:
    make_attempt(duration_ms=25)
    make_attempt(duration_ms=90)
    make_attempt(kind="throttled", duration_ms=16_000)
    make_attempt(seconds_ago=400)
    make_attempt(seconds_ago=4000)

    samples = scrape()

    def attempts(kind: str, window: str) -> float:
        return samples["attempts", (("kind", kind), ("window", window))]

    assert (attempts("delivered", "5m"), attempts("delivered", "1h")) == (2, 3)
    assert (attempts("throttled", "5m"), attempts("uncertain", "1h")) == (1, 0)
    buckets = {labels[0][1]: count for (name, labels), count in samples.items() if name.endswith("_bucket")}
    assert (buckets["0.025"], buckets["0.05"], buckets["0.1"], buckets["15.0"], buckets["+Inf"]) == (1, 1, 2, 2, 3)
    assert samples["call_duration_seconds_gcount", ()] == 3
    assert samples["call_duration_seconds_gsum", ()] == pytest.approx(16.115)


def test_robots_are_counted_by_state_and_by_what_holds_them() -> None:
    make_robot()
    make_robot(status=RobotStatus.PAUSED, paused_reason=PauseReason.BY_PERSON)
    make_robot(hold_until=ago(seconds=-20), hold_reason="waiting_pacing")
    make_robot(hold_until=ago(seconds=-500), hold_reason="throttled")
    make_robot(hold_until=ago(seconds=1), hold_reason="throttled")

    samples = scrape()

    assert samples["robots", (("status", "active"),)] == 4
    assert samples["robots", (("status", "paused"),)] == 1
    assert samples["robots_held", (("reason", "waiting_pacing"),)] == 1
    assert samples["robots_held", (("reason", "throttled"),)] == 1
    assert samples["robots_silenced", ()] == 1


def test_the_quota_is_told_for_each_organisation_whatever_it_is_called() -> None:
    name = 'Head "office"\n\\ 总部'
    refused = make_organisation(name, monthly_quota=10, reserve=2, quota_exhausted_until=ago(days=-3))
    robot = make_robot(organisation=refused)
    make_attempt(robot=robot)
    make_broadcast(robots=[robot], planned_at=timezone.now())

    samples = scrape()

    told = {name: samples[name, (("organisation", refused.name),)] for name, _labels in samples if "quota" in name}
    assert told == {
        "quota": 10,
        "quota_used": 1,
        "quota_reserve": 2,
        "quota_planned": 1,
        "quota_left": 9,
        "quota_refused": 1,
    }


def test_what_holds_for_the_whole_installation_is_told(settings: Settings) -> None:
    settings.DINGADMIN_SIMULATOR = False
    tick(seconds_ago=3)
    sign(seconds_ago=3, host="one")
    sign(seconds_ago=3, host="two")
    sign(seconds_ago=60, host="dead")
    EngineState.objects.update(stopped_at=timezone.now(), hold_until=ago(seconds=-100))
    Notice.objects.create(kind=NoticeKind.ADDRESS_BANNED, opened_at=ago(hours=1), last_at=ago(hours=1))
    Notice.objects.create(kind=NoticeKind.CLOCK_OFF, opened_at=ago(hours=1), last_at=ago(hours=1), closed_at=ago())

    samples = scrape()

    assert samples["last_tick_age_seconds", ()] == pytest.approx(3, abs=5)
    assert samples["workers_alive", ()] == 2
    assert (samples["sending_stopped", ()], samples["redis_up", ()], samples["simulator_mounted", ()]) == (1, 1, 0)
    assert samples["sending_hold_seconds", ()] == pytest.approx(100, abs=5)
    assert samples["notices_open", (("kind", "address_banned"),)] == 1
    assert samples["notices_open", (("kind", "clock_off"),)] == 0
    assert [count for (name, _labels), count in samples.items() if name == "info"] == [1]


def test_a_redis_that_is_away_is_a_figure_and_no_error(settings: Settings) -> None:
    settings.REDIS_URL = SILENT_REDIS

    assert value("redis_up") == 0


def test_a_scrape_costs_the_same_queries_however_much_there_is(
    stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scrape(stranger)  # what it counts once an hour is not counted again
    with django_assert_num_queries(QUERIES):
        scrape(stranger)
    for number in range(5):
        robot = make_robot(organisation=make_organisation())
        make_attempt(kind=f"kind-{number}", robot=robot)
        make_delivery(robot)
        sign(host=f"host-{number}")
        Notice.objects.create(kind=f"kind-{number}", opened_at=datetime(2026, 1, 1, tzinfo=UTC), last_at=timezone.now())

    with django_assert_num_queries(QUERIES):
        scrape(stranger)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables from end to end")
def test_a_scrape_reads_no_table_of_years_from_end_to_end(stranger: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        scrape(stranger)

    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall() for query in captured.captured_queries]
    steps = [str(step[3]) for plan in plans for step in plan]
    of_years = [step for step in steps if "broadcasts_delivery" in step or "broadcasts_attempt" in step]
    assert of_years
    assert [step for step in of_years if not step.startswith("SEARCH")] == []


def test_no_token_and_no_secret_is_told(stranger: Client) -> None:
    token, secret = "f" * 60 + "7777", "SECtest-not-real"
    make_robot("ops", token=token, secret=secret)

    text = stranger.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()

    assert not [word for word in (token, secret, TOKEN, "ffff") if word in text]


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer 密钥"])
def test_whoever_has_another_token_is_asked_for_the_right_one(stranger: Client, given: str) -> None:
    response = stranger.get("/metrics", headers={"authorization": given})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert b"dingadmin" not in response.content


def test_without_a_token_it_is_not_there(stranger: Client, powerless_client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert stranger.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
    assert powerless_client.get("/metrics").status_code == 404


def test_administrators_may_look_with_or_without_a_token(staff_client: Client, settings: Settings) -> None:
    assert staff_client.get("/metrics").status_code == 200

    settings.METRICS_TOKEN = ""
    assert staff_client.get("/metrics").status_code == 200


def test_whoever_is_signed_in_and_no_administrator_may_not(powerless_client: Client) -> None:
    assert powerless_client.get("/metrics").status_code == 401


def test_it_only_tells(staff_client: Client) -> None:
    assert staff_client.post("/metrics").status_code == 405


def test_without_a_database_it_fails_in_one_line(stranger: Client) -> None:
    with silent_database():
        response = stranger.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})

    assert (response.status_code, response.content) == (503, b"the database does not answer\n")
