"""Daylight saving in Berlin and New York: what does not exist comes at the next moment, what comes twice comes once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from messages.schedule.days import Calendar
from messages.schedule.occurrences import firings
from messages.schedule.reasons import Why
from messages.schedule.rules import Rule
from messages.tests.schedule_parts import rule, utc, wall

NO_CALENDAR = Calendar({})
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def moments(of: Rule, count: int) -> list[datetime]:
    return [found.at for found in islice(firings(of, NO_CALENDAR), count)]


NINE = [
    pytest.param(BERLIN, "2026-03-28", ["2026-03-28 08:00", "2026-03-29 07:00"], id="Berlin, spring"),
    pytest.param(BERLIN, "2026-10-24", ["2026-10-24 07:00", "2026-10-25 08:00"], id="Berlin, autumn"),
    pytest.param(NEW_YORK, "2026-03-07", ["2026-03-07 14:00", "2026-03-08 13:00"], id="New York, spring"),
    pytest.param(NEW_YORK, "2026-10-31", ["2026-10-31 13:00", "2026-11-01 14:00"], id="New York, autumn"),
    pytest.param("Asia/Shanghai", "2026-03-28", ["2026-03-28 01:00", "2026-03-29 01:00"], id="Shanghai, never"),
]


@pytest.mark.parametrize(("zone", "starts", "expected"), NINE)
def test_nine_o_clock_stays_nine_o_clock(zone: str, starts: str, expected: list[str]) -> None:
    assert moments(rule("FREQ=DAILY", starts, zone=zone), 2) == [utc(at) for at in expected]


GAPS = [
    pytest.param(BERLIN, "2026-03-29 02:30", "2026-03-29 01:00", "2026-03-29 03:00", id="Berlin"),
    pytest.param(NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:00", "2026-03-08 03:00", id="New York"),
]


@pytest.mark.parametrize(("zone", "starts", "at", "shown"), GAPS)
def test_a_time_that_does_not_exist_comes_at_the_next_that_does(zone: str, starts: str, at: str, shown: str) -> None:
    found = next(firings(rule("FREQ=DAILY", starts, zone=zone), NO_CALENDAR))
    assert (found.at, found.wall, found.key) == (utc(at), wall(shown), wall(starts))
    assert [(reason.why, reason.wall) for reason in found.reasons] == [(Why.GAP, wall(starts))]


FOLDS = [
    pytest.param(BERLIN, "2026-10-25 02:30", ["2026-10-25 00:30", "2026-10-26 01:30"], id="Berlin"),
    pytest.param(NEW_YORK, "2026-11-01 01:30", ["2026-11-01 05:30", "2026-11-02 06:30"], id="New York"),
]


@pytest.mark.parametrize(("zone", "starts", "expected"), FOLDS)
def test_a_time_that_comes_twice_comes_once_the_first_time(zone: str, starts: str, expected: list[str]) -> None:
    found = list(islice(firings(rule("FREQ=DAILY", starts, zone=zone), NO_CALENDAR), 2))
    assert [one.at for one in found] == [utc(at) for at in expected]
    assert [reason.why for reason in found[0].reasons] == [Why.FOLD]
    assert found[1].reasons == ()


def test_all_times_of_a_gap_go_out_once_with_the_one_that_exists() -> None:
    found = list(islice(firings(rule("*/15 2-3 * * *", "2026-03-29 02:00", zone=BERLIN), NO_CALENDAR), 2))
    assert [one.wall for one in found] == [wall("2026-03-29 03:00"), wall("2026-03-29 03:15")]
    assert found[0].key == wall("2026-03-29 03:00")
    assert len(found[0].keys) == 5
    assert {reason.why for reason in found[0].reasons} == {Why.ALSO}


def test_a_day_that_was_left_out_goes_out_with_the_next_one() -> None:
    # Samoa went over the date line: there was no 30 December 2011.
    found = list(islice(firings(rule("FREQ=DAILY", "2011-12-29 00:00", zone="Pacific/Apia"), NO_CALENDAR), 3))
    assert [f"{one.wall:%m-%d}" for one in found] == ["12-29", "12-31", "01-01"]
    assert found[1].keys == (wall("2011-12-30 00:00"), wall("2011-12-31 00:00"))


ZONES = st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo", "Asia/Shanghai"])
LINES = st.sampled_from(["*/30 * * * *", "15,45 0-4 * * *", "0 0 * * *", "59 23 * * *", "* 1-2 * * *"])


@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(ZONES, LINES, st.integers(0, 365))
def test_no_clock_change_reorders_doubles_or_loses_a_time(zone: str, line: str, day: int) -> None:
    starts = wall("2026-01-01 00:00") + timedelta(days=day)
    found = list(islice(firings(rule(line, f"{starts:%Y-%m-%d %H:%M}", zone=zone), NO_CALENDAR), 200))
    assert all(earlier.at < later.at for earlier, later in pairwise(found))
    assert all(one.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == one.wall for one in found)
    keys = sorted(key for one in found for key in one.keys)
    assert len(keys) == len(set(keys))


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(ZONES, LINES, st.integers(0, 365 * 24))
def test_it_can_be_taken_up_again_around_changes_of_the_clocks(zone: str, line: str, hours: int) -> None:
    of = rule(line, "2026-01-01 00:00", zone=zone)
    after = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(hours=hours)
    day_before = (one for one in firings(of, NO_CALENDAR, after=after - timedelta(days=3)) if one.at > after)
    assert list(islice(firings(of, NO_CALENDAR, after=after), 5)) == list(islice(day_before, 5))
