"""When quiet hours run, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages.schedule.quiet import Quiet, QuietHours, strictest

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
NIGHT = QuietHours(time(22), time(7), SHANGHAI)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        pytest.param("2026-11-25T21:59:59", None, id="a second before"),
        pytest.param("2026-11-25T22:00", "2026-11-26T07:00", id="as they begin"),
        pytest.param("2026-11-26T06:59:59", "2026-11-26T07:00", id="after midnight"),
        pytest.param("2026-11-26T07:00", None, id="as they end"),
        pytest.param("2026-11-26T12:00", None, id="at noon"),
    ],
)
def test_over_midnight(moment, until):
    assert NIGHT.until(at(moment)) == (at(until) if until else None)


def test_within_a_day_and_in_its_own_zone():
    noon = QuietHours(time(12), time(14), NEW_YORK)
    assert noon.until(at("2026-07-01T12:30", NEW_YORK)) == at("2026-07-01T14:00", NEW_YORK)
    assert noon.until(at("2026-07-01T12:30")) is None


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        # Clocks go from 02:00 to 03:00 on 14 March 2027: 02:30 does not exist.
        pytest.param("2027-03-14T01:59", "2027-03-14T03:00", id="an end in the gap is the next moment there is"),
        # Clocks go from 02:00 back to 01:00 on 7 November 2027.
        pytest.param("2027-11-07T00:30", "2027-11-07T02:30", id="a longer night"),
    ],
)
def test_where_clocks_are_changed(moment, until):
    hours = QuietHours(time(22), time(2, 30), NEW_YORK)
    assert hours.until(at(moment, NEW_YORK)) == at(until, NEW_YORK).astimezone(UTC)


def test_of_several_the_strictest_wins():
    long, lunch = QuietHours(time(21), time(8), SHANGHAI), QuietHours(time(23), time(6), SHANGHAI, skips=True)
    assert strictest([NIGHT, long], at("2026-11-25T23:30")) == Quiet(at("2026-11-26T08:00").astimezone(UTC), False)
    assert strictest([NIGHT, lunch], at("2026-11-25T23:30")) == Quiet(at("2026-11-26T07:00").astimezone(UTC), True)
    assert strictest([NIGHT, lunch], at("2026-11-25T22:30")) == Quiet(at("2026-11-26T07:00").astimezone(UTC), False)
    assert strictest([NIGHT, lunch], at("2026-11-25T12:00")) is None


def test_quiet_hours_that_follow_upon_one_another_are_held_through():
    morning = QuietHours(time(7), time(9), SHANGHAI)
    assert strictest([NIGHT, morning], at("2026-11-25T23:00")) == Quiet(at("2026-11-26T09:00").astimezone(UTC), False)
    day = QuietHours(time(6), time(23), SHANGHAI)
    quiet = strictest([NIGHT, day], at("2026-11-25T23:00"))
    assert quiet is not None
    assert quiet.until >= at("2026-11-27T23:00")


TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))
HOURS = st.builds(
    QuietHours,
    TIMES,
    TIMES,
    st.sampled_from([SHANGHAI, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Cairo")]),
    st.booleans(),
).filter(lambda hours: hours.begins != hours.ends)
# A busy machine is slow to draw, which says nothing about the draws.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@patient
@given(HOURS, MOMENTS)
def test_an_end_lies_ahead_is_the_end_and_all_before_it_is_quiet(hours, moment):
    until = hours.until(moment)
    if until is None:
        return
    assert timedelta() < until - moment <= timedelta(hours=25)
    assert hours.until(until) is None
    assert hours.until(until - timedelta(microseconds=1)) == until
    assert hours.until(moment + (until - moment) / 2) == until


@patient
@given(HOURS, MOMENTS)
def test_away_from_a_change_of_the_clocks_the_wall_clock_decides(hours, moment):
    local = moment.astimezone(hours.zone)
    offsets = {(moment + timedelta(hours=step)).astimezone(hours.zone).utcoffset() for step in range(-48, 49)}
    if len(offsets) > 1:
        return
    wall = local.time()
    if hours.begins < hours.ends:
        inside = hours.begins <= wall < hours.ends
    else:
        inside = wall >= hours.begins or wall < hours.ends
    assert (hours.until(moment) is not None) == inside


@patient
@given(st.lists(HOURS, max_size=4), MOMENTS)
def test_the_strictest_holds_at_least_as_long_as_each(several, moment):
    quiet = strictest(several, moment)
    ends = [end for hours in several if (end := hours.until(moment))]
    assert (quiet is None) == (not ends)
    if quiet:
        assert quiet.until >= max(ends)
