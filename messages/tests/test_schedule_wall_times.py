from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from messages.schedule.wall_times import UnknownZone, WallKind, at_wall_time, clock, zone_named

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WALL_TIMES = [
    pytest.param("2026-11-25T09:00", SHANGHAI, "2026-11-25T01:00", WallKind.ONCE, id="Shanghai has no summer time"),
    pytest.param("2026-07-01T09:00", BERLIN, "2026-07-01T07:00", WallKind.ONCE, id="summer"),
    pytest.param("2027-03-28T02:30", BERLIN, "2027-03-28T01:00", WallKind.GAP, id="a gap gives the next moment"),
    pytest.param("2027-03-28T02:00", BERLIN, "2027-03-28T01:00", WallKind.GAP, id="the gap's first moment"),
    pytest.param("2027-03-28T02:59:59", BERLIN, "2027-03-28T01:00", WallKind.GAP, id="the gap's last second"),
    pytest.param("2027-03-28T02:30:00.15", BERLIN, "2027-03-28T01:00", WallKind.GAP, id="a part of a second in a gap"),
    pytest.param("2027-03-28T03:00", BERLIN, "2027-03-28T01:00", WallKind.ONCE, id="just after the gap"),
    pytest.param("2026-10-25T02:30", BERLIN, "2026-10-25T00:30", WallKind.FOLD, id="a fold gives the first"),
    pytest.param("2026-10-25T03:00", BERLIN, "2026-10-25T02:00", WallKind.ONCE, id="just after the fold"),
    pytest.param(
        "2026-10-04T02:10", ZoneInfo("Australia/Lord_Howe"), "2026-10-03T15:30", WallKind.GAP, id="half an hour's gap"
    ),
    pytest.param("2011-12-30T12:00", ZoneInfo("Pacific/Apia"), "2011-12-30T10:00", WallKind.GAP, id="a day left out"),
]


@pytest.mark.parametrize(("wall", "zone", "moment", "kind"), WALL_TIMES)
def test_a_wall_time_is_one_moment(wall: str, zone: ZoneInfo, moment: str, kind: WallKind):
    found = at_wall_time(datetime.fromisoformat(wall), zone)
    assert (found.moment, found.kind) == (utc(moment), kind)
    assert bool(found.text) is (kind is not WallKind.ONCE)


def test_a_gap_is_told_with_the_moment_that_was_taken():
    found = at_wall_time(datetime(2027, 3, 28, 2, 30), BERLIN)  # noqa: DTZ001 - a wall time has no zone yet
    assert found.text == (
        "Clocks are put forward over this time. The next moment there is was taken: 2027-03-28 03:00 (Europe/Berlin)."
    )


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Asia", "../etc/passwd", "/etc/passwd", "x" * 200, "a\x00b"])
def test_a_zone_that_does_not_exist_is_refused(name: str):
    with pytest.raises(UnknownZone) as refusal:
        zone_named(name)
    assert "Asia/Shanghai" in refusal.value.text


def test_a_clock_reading_names_its_zone():
    assert clock(utc("2026-11-24T03:00"), zone_named("Asia/Shanghai")) == "2026-11-24 11:00 (Asia/Shanghai)"
