"""The monthly budget: what is used, what is planned, and what is kept for urgent broadcasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from messages.history.quota import QuotaUse, quota_uses, quota_uses_in_month_of
from messages.models import BroadcastStatus, DeliveryStatus
from messages.tests.test_history import make_attempt
from robots.models import Organisation
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def use_of(quota: int, used: int, planned: int, *, reserve: int = 0) -> QuotaUse:
    return QuotaUse(Organisation(name="Shops", monthly_quota=quota, reserve=reserve), used, planned, None)


def test_the_months_use_counts_what_dingtalk_took_since_the_first_in_shanghai() -> None:
    organisation = make_organisation("Shops", monthly_quota=10)
    robot = make_robot(organisation=organisation)
    first = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    delivery = make_delivery(robot, status=DeliveryStatus.DELIVERED)
    make_attempt(delivery, number=1, started_at=first - timedelta(seconds=1))
    make_attempt(delivery, number=2, started_at=first)
    make_attempt(delivery, number=3, started_at=NOW, kind="throttled", errcode=130101)
    make_attempt(delivery, number=4, started_at=NOW)
    make_broadcast(robots=[robot], planned_at=NOW + timedelta(days=1))
    make_broadcast(robots=[robot], planned_at=NOW + timedelta(days=30))
    make_organisation("Without a robot")
    uses = quota_uses(NOW)
    assert [(use.organisation.name, use.used, use.planned, use.percent) for use in uses] == [("Shops", 2, 1, 20)]


def test_what_is_under_way_is_planned_as_well() -> None:
    robot = make_robot()
    for status in (DeliveryStatus.WAITING, DeliveryStatus.SENDING, DeliveryStatus.FAILED, DeliveryStatus.DELIVERED):
        make_delivery(robot, status=status)
    make_broadcast(robots=[robot], status=BroadcastStatus.CANCELLED)
    assert [use.planned for use in quota_uses(NOW)] == [2]


def test_a_month_that_has_not_begun_has_its_own_plan_and_nothing_used() -> None:
    robot = make_robot()
    make_attempt(make_delivery(robot), started_at=NOW)
    make_broadcast(robots=[robot, make_robot()], planned_at=NOW + timedelta(days=1))
    make_broadcast(robots=[robot], planned_at=NOW + timedelta(days=10))
    make_broadcast(robots=[robot], planned_at=NOW + timedelta(days=40))
    organisation = robot.organisation
    (december,) = quota_uses_in_month_of(NOW + timedelta(days=20), [organisation], now=NOW).values()
    assert (december.used, december.planned) == (0, 1)
    (november,) = quota_uses_in_month_of(NOW, [organisation], now=NOW).values()
    assert (november.used, november.planned) == (1, 3)


@pytest.mark.parametrize(
    ("quota", "used", "planned", "percent", "warned"),
    [
        pytest.param(100, 80, 20, 80, False, id="just enough"),
        pytest.param(100, 80, 21, 80, True, id="one too many is planned"),
        pytest.param(100, 120, 0, 100, True, id="more than there was"),
        pytest.param(0, 0, 0, 100, False, id="no quota at all"),
    ],
)
def test_a_quota_that_will_not_do_is_told_before_it_is_used_up(
    quota: int, used: int, planned: int, percent: int, warned: bool
) -> None:
    use = use_of(quota, used, planned)
    assert (use.percent, use.will_not_do) == (percent, warned)


@pytest.mark.parametrize(
    ("count", "urgent", "room"),
    [
        pytest.param(10, False, True, id="up to the reserve"),
        pytest.param(11, False, False, id="into the reserve"),
        pytest.param(30, True, True, id="urgent, into the reserve"),
        pytest.param(31, True, False, id="urgent, beyond the quota"),
    ],
)
def test_only_urgent_broadcasts_have_the_reserve(count: int, urgent: bool, room: bool) -> None:
    use = use_of(100, 50, 20, reserve=20)
    assert use.has_room_for(count, urgent=urgent) is room
    assert (use.forecast, use.free, use.left) == (70, 10, 50)


def test_a_forecast_that_touches_the_reserve_is_told_apart_from_one_that_breaks_the_quota() -> None:
    assert use_of(100, 70, 11, reserve=20).touches_reserve
    assert not use_of(100, 70, 10, reserve=20).touches_reserve
    broken = use_of(100, 70, 31, reserve=20)
    assert (broken.touches_reserve, broken.will_not_do, broken.free) == (False, True, 0)


def test_a_reserve_beyond_the_quota_is_all_of_it() -> None:
    assert use_of(100, 0, 0, reserve=500).free == 0
