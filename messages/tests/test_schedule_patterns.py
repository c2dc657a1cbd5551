from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from cronsim import CronSim
from dateutil.rrule import rrulestr
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from messages.schedule.days import Calendar
from messages.schedule.occurrences import occurrences
from messages.schedule.patterns import LOOK_AHEAD, dates_of, pattern_of, times_of
from messages.schedule.rrules import RRule, parse_rrule
from messages.schedule.rules import BadRule, Rule
from messages.tests.schedule_parts import OFFICIAL, rule, wall, walls

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
STARTS = st.datetimes(wall("2019-01-01"), wall("2027-12-31")).map(lambda at: at.replace(second=0, microsecond=0))
# Not shrinking: dateutil looks through eight thousand years for what comes once.
QUICK = settings(max_examples=150, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


def subset(values: list[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(",".join)


@st.composite
def rrule_texts(draw: st.DrawFn) -> str:
    """What people and other calendars write: every part that is supported, in all ways that go together."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"BYMONTH={draw(subset([str(month) for month in range(1, 13)], 4))}")
    days = [str(day) for day in [*range(1, 32), *range(-31, 0)]]
    by_day = draw(st.booleans())
    if by_day:
        # Not both: dateutil takes the days that are in either list and in both, RFC 5545 those in one of them.
        placed = [f"{place}{day}" for place in (1, 2, 4, 5, -1, -2) for day in WEEKDAYS]
        usable = placed if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()) else WEEKDAYS
        parts.append(f"BYDAY={draw(subset(usable, 4))}")
    by_month_day = frequency != "WEEKLY" and draw(st.integers(0, 2)) == 0
    if by_month_day:
        parts.append(f"BYMONTHDAY={draw(subset(days, 4))}")
    if frequency in ("MONTHLY", "YEARLY") and (by_day or by_month_day) and draw(st.integers(0, 3)) == 0:
        parts.append(f"BYSETPOS={draw(subset(['1', '2', '-1', '-2'], 2))}")
    if frequency == "WEEKLY" and draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    return ";".join(parts)


@QUICK
@given(rrule_texts(), STARTS)
def test_plain_rules_give_the_dates_that_dateutil_gives(text: str, starts: datetime) -> None:
    found = _made(text, starts)
    assume(found is not None)
    assert found is not None

    assert walls(found, 20) == _near(islice(rrulestr(text, dtstart=starts), 20), starts)


@QUICK
@given(rrule_texts(), STARTS, st.integers(0, 700))
def test_the_next_date_can_be_found_from_any_moment(text: str, starts: datetime, days: int) -> None:
    found = _made(text, starts)
    assume(found is not None)
    assert found is not None
    after = (starts + timedelta(days=days)).replace(tzinfo=UTC)
    later = (at for at in occurrences(found, Calendar({})) if at.at > after)

    assert list(islice(occurrences(found, Calendar({}), after=after), 3)) == list(islice(later, 3))


@QUICK
@given(rrule_texts())
def test_a_rule_is_written_as_it_is_read(text: str) -> None:
    read = parse_rrule(text)
    assert parse_rrule(str(read)) == read


MINUTES = ["0", "30", "*/15", "5,35", "*"]
HOURS = ["9", "*/6", "9-17", "8,20", "*"]
MONTH_DAYS = ["*", "1", "15", "1,15", "*/10", "L", "LW", "31", "10-20"]
MONTHS = ["*", "3", "1-6", "*/5", "JAN,JUL"]
CRON_WEEKDAYS = ["*", "1-5", "0", "7", "MON,FRI", "5#2", "5L", "*/2"]
cron_lines = st.tuples(*map(st.sampled_from, (MINUTES, HOURS, MONTH_DAYS, MONTHS, CRON_WEEKDAYS))).map(" ".join)


@QUICK
@given(cron_lines, STARTS)
def test_cron_lines_give_the_times_that_cronsim_gives(line: str, starts: datetime) -> None:
    expected = list(islice(CronSim(line, starts - timedelta(seconds=1)), 40))
    assert walls(rule(line, f"{starts:%Y-%m-%d %H:%M}"), 40) == expected


RARE = [
    pytest.param("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2028-02-29", id="a leap day"),
    pytest.param("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "2026-01-01", "2044-02-29", id="a leap Monday"),
    pytest.param("0 9 29 2 *", "2097-01-01", "2104-02-29", id="no leap day in 2100"),
    pytest.param("FREQ=MONTHLY;BYDAY=5FR", "2026-02-01", "2026-05-29", id="a fifth Friday"),
    pytest.param("FREQ=YEARLY;INTERVAL=30", "2026-02-01", "2026-02-01", id="every 30 years"),
]


@pytest.mark.parametrize(("repeats", "starts", "first"), RARE)
def test_rare_dates_are_found(repeats: str, starts: str, first: str) -> None:
    assert walls(rule(repeats, starts), 1) == [wall(first)]


NEVER = ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=6MO"]


@pytest.mark.parametrize("repeats", NEVER)
def test_the_search_for_a_date_that_never_comes_ends(repeats: str) -> None:
    pattern = pattern_of(Rule(starts=wall("2026-01-01"), repeats=repeats))
    looked_at = 0

    class Counted:
        def holds(self, on: date) -> bool:
            nonlocal looked_at
            looked_at += 1
            return pattern.holds(on)

        def next_candidate(self, on: date) -> date:
            return pattern.next_candidate(on)

    assert list(dates_of(Counted(), date(2026, 1, 1))) == []
    assert looked_at <= LOOK_AHEAD.days + 1


def test_dates_end_with_the_calendar_of_the_language_itself() -> None:
    assert len(list(dates_of(pattern_of(rule("FREQ=DAILY")), date(9999, 12, 30)))) == 2
    assert list(dates_of(pattern_of(rule("0 9 1 1 *")), date(9999, 1, 2))) == []


def test_times_of_the_day_come_in_order_and_once() -> None:
    found = rule("FREQ=DAILY;BYHOUR=15,9;BYMINUTE=30,0", times=[time(9, 0), time(12, 15)])
    assert [f"{at:%H:%M}" for at in times_of(found)] == ["09:00", "09:30", "12:15", "15:00", "15:30"]
    assert walls(found, 2) == [wall("2026-01-01 09:00"), wall("2026-01-01 09:30")]


def test_times_before_the_start_on_its_date_are_left_out() -> None:
    found = rule("FREQ=DAILY", "2026-01-01 12:00", times=[time(9), time(15)])
    assert walls(found, 2) == [wall("2026-01-01 15:00"), wall("2026-01-02 09:00")]


def _made(text: str, starts: datetime) -> Rule | None:
    """None when it never comes."""
    try:
        return rule(text, f"{starts:%Y-%m-%d %H:%M}")
    except BadRule as error:
        return None if {one.code for one in error.errors} == {"never"} else pytest.fail(text)


def _near(expected: Iterable[datetime], starts: datetime) -> list[datetime]:
    """Up to where nothing comes for longer than anybody looks ahead."""
    found = [starts]
    for at in expected:
        if at - found[-1] > LOOK_AHEAD:
            break
        found.append(at)
    return found[1:]


def test_the_tables_here_are_of_known_years() -> None:
    assert sorted(OFFICIAL.years) == list(range(2019, 2027))
    assert isinstance(parse_rrule("FREQ=DAILY"), RRule)
