"""The System page: for administrators, always up to date, and without a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, Settings

from dingadmin.system.page import all_parts
from dingadmin.system.parts import ATTENTION, BROKEN, FINE, UNUSED, WAITS
from dingadmin.tests.signs import SILENT_REDIS, sign, tick
from dingadmin.tests.telling import advice, facts, part
from messages.models import DeliveryStatus
from robots.encryption import encrypt
from tests.factories import make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db

PAGE = "/system/"
LIVE = "/system/live/"
ICONS = Path(settings.BASE_DIR) / "static" / "icons.svg"


@pytest.fixture(autouse=True)
def english(settings: Settings) -> Iterator[None]:
    settings.EMBEDDED = True  # also where the tests run on servers: the simulator is mounted, as for a trial
    with translation.override("en"):
        yield


@pytest.fixture
def running() -> None:
    tick()
    sign()


def read(client: Client) -> str:
    return client.get(PAGE, headers={"accept-language": "en"}).content.decode()


@pytest.mark.usefixtures("running")
def test_a_sound_installation_is_in_order_in_every_part(staff_client: Client) -> None:
    text = read(staff_client)

    assert "Everything is in order." in text
    assert {part.key: part.state for part in all_parts(timezone.now()) if part.state not in (FINE, UNUSED)} == {}
    for title in ("Beat", "Workers", "Queue", "Redis", "Database", "Encryption keys", "Clocks", "Disk", "Software"):
        assert f"<h2>{title}</h2>" in text


def test_without_beat_and_workers_the_page_says_what_to_start(staff_client: Client) -> None:
    text = read(staff_client)

    assert "2 parts need a look:" in text
    assert part("beat").state == part("workers").state == BROKEN
    assert "start a worker first" in advice("beat")
    assert advice("workers") in text


@pytest.mark.usefixtures("running")
def test_the_queue_leads_to_its_deliveries(staff_client: Client) -> None:
    make_delivery()
    make_delivery(status=DeliveryStatus.SENDING)
    make_delivery(status=DeliveryStatus.UNCERTAIN)

    text = read(staff_client)

    told = facts("queue")
    assert (told["Waiting"], told["Sending"], told["To be decided by a person"]) == (1, 1, 1)
    assert f'href="{reverse("broadcasts:history")}?state=waiting"' in text
    assert "open them and decide" in text


@pytest.mark.usefixtures("running")
def test_without_redis_the_page_still_tells(staff_client: Client, settings: Settings) -> None:
    settings.REDIS_URL = SILENT_REDIS

    text = read(staff_client)

    assert "Redis does not answer (ConnectionError)" in text
    assert "hunter2" not in text


def test_the_report_holds_every_part_and_no_secret(staff_client: Client, settings: Settings) -> None:
    token, secret = "f" * 60 + "7777", "SECtest-not-real"
    settings.METRICS_TOKEN = "metrics-token-not-real"
    settings.REDIS_URL = SILENT_REDIS
    make_delivery(make_robot("ops", token=token, secret=secret))

    response = staff_client.get(PAGE, headers={"accept-language": "en"})
    text, report = response.content.decode(), str(response.context["report"])

    assert report.startswith(f"DingAdmin {settings.VERSION}, 20")
    assert "\nRedis: Out of order\n  Answer: -\n  ! Redis does not answer" in report
    secrets = [token, secret, "hunter2", settings.METRICS_TOKEN, settings.SECRET_KEY, *settings.ENCRYPTION_KEYS]
    assert [secret for secret in (*secrets, encrypt(token)[12:40], "ffff") if secret in text] == []


def test_the_page_asks_again_for_the_part_that_changes(staff_client: Client) -> None:
    page, live = staff_client.get(PAGE).content.decode(), staff_client.get(LIVE).content.decode()

    for text in (page, live):
        assert f'hx-get="{LIVE}" hx-trigger="every 5s"' in text
    assert "<html" not in live
    assert "textarea" not in live


@pytest.mark.parametrize("path", [PAGE, LIVE])
def test_it_costs_the_same_queries_however_much_there_is(
    path: str, staff_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as few:
        staff_client.get(path)
    for number in range(5):
        tomorrow = timezone.now() + timedelta(days=1)
        make_delivery(make_robot(organisation=make_organisation(quota_exhausted_until=tomorrow)))
        sign(host=f"host-{number}")

    with django_assert_num_queries(len(few)):
        staff_client.get(path)
    assert len(few) <= 16


def test_every_icon_of_its_states_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', ICONS.read_text(encoding="utf-8")))

    assert {state.icon for state in (FINE, WAITS, ATTENTION, BROKEN, UNUSED)} <= drawn


@pytest.mark.parametrize("path", [PAGE, LIVE])
def test_strangers_are_sent_to_sign_in_and_others_refused(
    path: str, stranger: Client, powerless_client: Client
) -> None:
    assert stranger.get(path).headers["Location"].startswith("/accounts/login/")
    assert powerless_client.get(path).status_code == 403


@pytest.mark.parametrize("path", [PAGE, LIVE])
def test_the_wrong_verb_is_refused(path: str, staff_client: Client) -> None:
    assert staff_client.post(path).status_code == 405
