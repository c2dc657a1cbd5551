from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from messages.services.planning import PlannedInPast, planned_moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_no_time_means_now():
    assert planned_moment(None, zone=SHANGHAI, now=NOW) == NOW


def test_a_time_ahead_stays_as_it_is():
    later = NOW + timedelta(days=3)
    assert planned_moment(later, zone=SHANGHAI, now=NOW) == later


def test_less_than_a_minute_late_still_means_now():
    assert planned_moment(NOW - timedelta(seconds=60), zone=SHANGHAI, now=NOW) == NOW


def test_more_than_a_minute_late_is_refused_with_the_time_in_its_zone():
    with pytest.raises(PlannedInPast) as refusal:
        planned_moment(NOW - timedelta(seconds=61), zone=SHANGHAI, now=NOW)
    assert refusal.value.text == "2026-11-24 10:58 (Asia/Shanghai) is already over: choose a later time, or send now."
