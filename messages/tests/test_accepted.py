"""What counts against the monthly quota: each accepted call once, whatever Redis remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from pytest_django import DjangoAssertNumQueries, Settings
from redis import RedisError

from messages.history.accepted import accepted, accepted_cheaply
from messages.models import Attempt, DeliveryStatus
from robots.models import Organisation, Robot
from tests.factories import make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)
MONTH = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def robot() -> Robot:
    return make_robot(organisation=make_organisation())


def attempt(robot: Robot, started_at: datetime, *, kind: str = "delivered") -> None:
    Attempt.objects.create(
        delivery=make_delivery(robot, status=DeliveryStatus.DELIVERED),
        number=1,
        started_at=started_at,
        duration_ms=80,
        kind=kind,
        reason=kind,
        token_fingerprint="0" * 64,
    )


def of(organisation: Organisation) -> int:
    counts = accepted(MONTH)
    assert accepted_cheaply(MONTH, now=NOW) == counts
    return counts.get(organisation.pk, 0)


def test_every_accepted_call_of_the_month_counts_once(robot: Robot) -> None:
    for ago in (0, 59, 61, 80, 81, 600):
        attempt(robot, NOW - timedelta(minutes=ago))
    attempt(robot, MONTH)
    attempt(robot, MONTH - timedelta(seconds=1))
    attempt(robot, NOW, kind="throttled")

    assert of(robot.organisation) == 7
    assert of(make_organisation()) == 0


def test_what_is_settled_is_counted_once_an_hour_and_the_rest_at_every_question(
    robot: Robot, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attempt(robot, NOW - timedelta(days=1))
    with django_assert_num_queries(2):
        assert accepted_cheaply(MONTH, now=NOW) == {robot.organisation.pk: 1}

    attempt(robot, NOW - timedelta(minutes=75))
    attempt(robot, NOW)
    with django_assert_num_queries(1):
        assert accepted_cheaply(MONTH, now=NOW) == {robot.organisation.pk: 3}
    with django_assert_num_queries(2):
        assert accepted_cheaply(MONTH, now=NOW + timedelta(hours=1)) == {robot.organisation.pk: 3}


def test_in_the_first_hour_of_a_month_nothing_is_settled_yet(robot: Robot) -> None:
    attempt(robot, MONTH + timedelta(minutes=5))

    assert accepted_cheaply(MONTH, now=MONTH + timedelta(minutes=30)) == {robot.organisation.pk: 1}


def test_without_redis_everything_is_counted(robot: Robot, settings: Settings) -> None:
    attempt(robot, NOW - timedelta(days=1))
    cache = dict(settings.CACHES["default"], LOCATION="redis://127.0.0.1:1/0")
    settings.CACHES = {"default": cache}

    with pytest.raises(RedisError):
        caches["default"].get("anything")
    assert accepted_cheaply(MONTH, now=NOW) == {robot.organisation.pk: 1}
