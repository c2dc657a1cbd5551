from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import chinese_calendar
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from messages.schedule.choosing import wants
from messages.schedule.days import Calendar, Day, DayKind, UnknownYear
from messages.schedule.occurrences import firings, occurrences
from messages.schedule.reasons import Why
from messages.schedule.rules import BadRule, Days, Rule, Shift
from messages.schedule.series import Occurrence, series
from messages.tests.schedule_parts import OFFICIAL, YEARS, dates, rule, utc, wall, walls

QUICK = settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
LOOKED_AT = utc("2026-12-01")  # most known days are before it
EVERY_DAY = [date(2019, 1, 1) + timedelta(days=number) for number in range((date(2027, 1, 1) - date(2019, 1, 1)).days)]


def all_dates(days: Days) -> list[date]:
    found = rule("FREQ=DAILY", "2019-01-01", days=days, until=wall("2026-12-31"))
    return [one.wall.date() for one in firings(found, OFFICIAL)]


def test_every_workday_is_each_official_one_of_eight_years() -> None:
    assert all_dates(Days.WORKDAYS) == [on for on in EVERY_DAY if chinese_calendar.is_workday(on)]


def test_every_day_off_is_each_official_one_of_eight_years() -> None:
    assert all_dates(Days.DAYS_OFF) == [on for on in EVERY_DAY if chinese_calendar.is_holiday(on)]


def test_every_holiday_is_each_official_one_of_eight_years_without_ordinary_weekends() -> None:
    official = [on for on in EVERY_DAY if on in chinese_calendar.holidays]
    assert all_dates(Days.HOLIDAYS) == official


# Copied by hand from the notices of the State Council: the day, and the holiday it makes up for.
MAKE_UP_DAYS = [
    pytest.param("2025-01-26", "春节", id="Sunday before Spring Festival 2025"),
    pytest.param("2025-02-08", "春节", id="Saturday after Spring Festival 2025"),
    pytest.param("2025-04-27", "劳动节", id="Sunday before Labour Day 2025"),
    pytest.param("2025-09-28", "国庆节", id="Sunday before National Day and Mid-Autumn 2025"),
    pytest.param("2025-10-11", "国庆节", id="Saturday after National Day and Mid-Autumn 2025"),
    pytest.param("2026-01-04", "元旦", id="Sunday after New Year 2026"),
    pytest.param("2026-02-14", "春节", id="Saturday before Spring Festival 2026"),
    pytest.param("2026-02-28", "春节", id="Saturday after Spring Festival 2026"),
    pytest.param("2026-05-09", "劳动节", id="Saturday after Labour Day 2026"),
    pytest.param("2026-09-20", "国庆节", id="Sunday before National Day 2026"),
    pytest.param("2026-10-10", "国庆节", id="Saturday after National Day 2026"),
]


@pytest.mark.parametrize(("on", "holiday"), MAKE_UP_DAYS)
def test_a_rule_for_workdays_goes_out_on_a_make_up_day_and_says_why(on: str, holiday: str) -> None:
    found = next(firings(rule("FREQ=DAILY", on, days=Days.WORKDAYS), OFFICIAL))
    assert found.wall == wall(on)
    assert [(reason.why, reason.day.name) for reason in found.reasons if reason.day] == [(Why.ADDED, holiday)]


@pytest.mark.parametrize(("on", "holiday"), MAKE_UP_DAYS)
def test_a_rule_for_days_off_leaves_a_make_up_day_out_and_says_why(on: str, holiday: str) -> None:
    found = next(occurrences(rule("FREQ=DAILY", on, days=Days.DAYS_OFF), OFFICIAL))
    assert (found.wall, found.skipped) == (wall(on), True)
    assert [(reason.why, reason.day.name) for reason in found.reasons if reason.day] == [(Why.LEFT_OUT, holiday)]


def test_there_are_no_other_make_up_days_in_2025_and_2026() -> None:
    known = {date.fromisoformat(str(row.values[0])) for row in MAKE_UP_DAYS}
    weekends = {on for on in all_dates(Days.WORKDAYS) if on.weekday() >= 5 and on.year >= 2025}
    assert weekends == known


def test_a_date_on_a_holiday_moves_to_the_workday_before_or_after() -> None:
    # 1 May 2026 is Labour Day, 1 February a Sunday, 1 January the first of three days, made up for on Sunday the 4th.
    monthly = "FREQ=MONTHLY;BYMONTHDAY=1;BYMONTH=1,2,5"
    assert dates(rule(monthly, days="workdays", until=wall("2026-12-31"))) == []
    assert dates(rule(monthly, days="workdays", shift="earlier"), 3) == ["12-31", "01-30", "04-30"]
    assert dates(rule(monthly, days="workdays", shift="later"), 3) == ["01-04", "02-02", "05-06"]


def test_what_the_calendar_leaves_out_is_told_with_the_day() -> None:
    found = list(islice(occurrences(rule("FREQ=MONTHLY;BYMONTHDAY=1", "2026-05-01", days="workdays"), OFFICIAL), 2))
    assert [(one.skipped, one.key) for one in found] == [(True, wall("2026-05-01")), (False, wall("2026-06-01"))]
    assert found[0].reasons[0].day == Day(date(2026, 5, 1), DayKind.HOLIDAY, "劳动节")


def test_dates_that_meet_on_one_workday_go_out_once_under_the_key_that_was_meant_for_it() -> None:
    found = next(firings(rule("FREQ=DAILY", "2026-09-30", days="workdays", shift="earlier"), OFFICIAL))
    assert found.key == wall("2026-09-30")
    assert [f"{key:%m-%d}" for key in found.keys] == [f"09-{30}", *(f"10-0{day}" for day in range(1, 8))]
    assert [reason.why for reason in found.reasons] == [Why.ALSO] * 7


def test_dates_that_meet_where_none_was_meant_take_the_first_key() -> None:
    weekend = rule("FREQ=WEEKLY;BYDAY=SA,SU", "2026-06-06", days="workdays", shift="later")
    found = next(firings(weekend, OFFICIAL))
    assert (found.wall, found.key) == (wall("2026-06-08"), wall("2026-06-06"))
    assert [reason.why for reason in found.reasons] == [Why.LATER, Why.ALSO]


def test_shifted_times_of_a_day_stay_in_order() -> None:
    both = rule("FREQ=DAILY;BYHOUR=9,15", "2026-06-05", days="workdays", shift="earlier")
    assert walls(both, 3) == [wall("2026-06-05 09:00"), wall("2026-06-05 15:00"), wall("2026-06-08 09:00")]


def test_the_first_and_the_last_workday_of_each_week_know_make_up_days() -> None:
    # The week of 28 September 2026 ends on Wednesday; that of the 14th with a make-up Sunday, the one after begins on
    # Monday; that of 5 October begins on Thursday and ends with a make-up Saturday.
    assert dates(rule("FREQ=WEEKLY", "2026-09-14", days="last_of_week"), 4) == ["09-20", "09-24", "09-30", "10-10"]
    assert dates(rule("FREQ=WEEKLY", "2026-09-14", days="first_of_week"), 4) == ["09-14", "09-21", "09-28", "10-08"]


def test_a_week_without_a_workday_is_told() -> None:
    # 16 to 22 February 2026 lie within Spring Festival.
    found = list(islice(occurrences(rule("FREQ=WEEKLY", "2026-02-09", days="first_of_week"), OFFICIAL), 3))
    assert [(f"{one.wall:%m-%d}", one.skipped) for one in found] == [
        ("02-09", False),
        ("02-16", True),
        ("02-24", False),
    ]
    assert found[1].reasons[0].why is Why.NO_WORKDAY


def test_the_first_and_the_last_workday_of_each_month() -> None:
    first = ["01-04", "02-02", "03-02", "04-01", "05-06", "06-01", "07-01", "08-03", "09-01", "10-08", "11-02", "12-01"]
    last = ["01-30", "02-28", "03-31", "04-30", "05-29", "06-30", "07-31", "08-31", "09-30", "10-30", "11-30", "12-31"]
    assert dates(rule("FREQ=MONTHLY", days="first_of_month")) == first
    assert dates(rule("FREQ=MONTHLY", days="last_of_month")) == last


def test_a_period_s_workday_before_the_start_is_left_out_and_one_after_it_is_not() -> None:
    assert dates(rule("FREQ=MONTHLY", "2026-03-15", days="first_of_month"), 1) == ["04-01"]
    assert dates(rule("FREQ=MONTHLY", "2026-03-15", days="last_of_month"), 1) == ["03-31"]


def test_working_days_before_a_date_are_counted_over_holidays_and_make_up_days() -> None:
    # Before 8 October 2026: 30, 29 and 28 September; before the 12th: Saturday the 10th, the 9th and the 8th.
    assert dates(rule("0 9 8 10 *", days="before", workdays_before=3), 1) == ["09-28"]
    assert dates(rule("0 9 12 10 *", days="before", workdays_before=3), 1) == ["10-08"]


def test_before_each_holiday_means_its_first_day_however_the_weekend_lies() -> None:
    found = rule("FREQ=DAILY", "2025-01-02", days="before_holidays", workdays_before=1)
    expected_2025 = ["01-27", "04-03", "04-30", "05-30", "09-30"]
    expected_2026 = ["12-31", "02-14", "04-03", "04-30", "06-18", "09-24", "09-30"]
    assert dates(found, 12) == expected_2025 + expected_2026


def test_a_holiday_after_an_ordinary_weekend_is_announced_before_the_weekend() -> None:
    monday = Calendar({2026: {date(2026, 6, 8): Day(date(2026, 6, 8), DayKind.HOLIDAY, "周一")}})
    found = next(firings(rule("FREQ=DAILY", days="before_holidays", workdays_before=1), monday))
    assert (found.wall, found.key) == (wall("2026-06-05"), wall("2026-06-08"))


def test_an_organisation_s_own_days_go_before_the_official_ones() -> None:
    own = {
        date(2026, 6, 3): Day(date(2026, 6, 3), DayKind.CLOSED, "司庆"),
        date(2026, 6, 6): Day(date(2026, 6, 6), DayKind.EXTRA, "盘点"),
    }
    ours = Calendar(OFFICIAL.years, own)
    daily = rule("FREQ=DAILY", "2026-06-01", days="workdays")
    assert dates(daily, 6, calendar=ours) == ["06-01", "06-02", "06-04", "06-05", "06-06", "06-08"]
    assert dates(rule("FREQ=DAILY", "2026-06-01", days="holidays"), 1, calendar=ours) == ["06-03"]


def test_whoever_never_works_ends_the_search() -> None:
    closed = Calendar(
        {year: {} for year in range(2020, 2030)}, {on: Day(on, DayKind.CLOSED) for on in _days(2020, 2030)}
    )
    once = rule("", "2025-01-01", days="workdays", shift="earlier")
    assert [found.skipped for found in occurrences(once, closed)] == [True]
    before = rule("", "2025-01-01", days="before", workdays_before=2)
    assert [found.skipped for found in occurrences(before, closed)] == [True]


def test_a_year_that_is_not_known_stops_the_rule_before_its_first_date_in_it() -> None:
    daily = rule("FREQ=DAILY", "2026-12-30", days="workdays", shift="earlier")
    found = firings(daily, OFFICIAL)
    assert [next(found).wall, next(found).wall] == [wall("2026-12-30"), wall("2026-12-31")]
    with pytest.raises(UnknownYear) as stopped:
        next(found)
    assert (stopped.value.year, stopped.value.needed_for) == (2027, date(2027, 1, 1))


def test_the_last_workday_of_a_week_is_not_guessed_where_the_year_ends_within_it() -> None:
    with pytest.raises(UnknownYear):
        next(firings(rule("FREQ=WEEKLY", "2026-12-28", days="last_of_week"), OFFICIAL))
    assert dates(rule("FREQ=WEEKLY", "2026-12-28", days="first_of_week"), 1) == ["12-28"]


def test_a_rule_for_any_day_needs_no_calendar() -> None:
    assert dates(rule("FREQ=DAILY", "2026-12-31"), 2, calendar=Calendar({})) == ["12-31", "01-01"]


def test_a_calendar_without_the_year_before_can_be_used_from_its_first_day() -> None:
    later = rule("FREQ=DAILY", "2015-01-01", days="workdays", shift="later")
    assert dates(later, 1, after=utc("2019-01-01 12:00")) == ["01-02"]


def test_a_count_counts_what_goes_out() -> None:
    daily = rule("FREQ=DAILY", "2026-09-30", days="workdays", count=3)
    assert [f"{found.wall:%m-%d}" for found in firings(daily, OFFICIAL)] == ["09-30", "10-08", "10-09"]
    assert dates(daily, 5, after=utc("2026-10-08 01:00")) == ["10-09"]


FILTER_SHIFTS = [(days, shift) for days in (Days.WORKDAYS, Days.DAYS_OFF, Days.HOLIDAYS) for shift in Shift]
REPEATS = st.sampled_from(
    ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYMONTHDAY=1,3,-1"]
)
TIMES = st.sampled_from(["", ";BYHOUR=9,18", ";BYHOUR=0,9,23;BYMINUTE=30"])
STARTS = st.integers(0, 300).map(lambda number: wall(f"{date(2024, 1, 1) + timedelta(days=number)} 00:00"))
OTHERS = [
    ("FREQ=WEEKLY", {"days": "last_of_week"}),
    ("FREQ=WEEKLY;INTERVAL=2", {"days": "first_of_week"}),
    ("FREQ=MONTHLY", {"days": "first_of_month"}),
    ("FREQ=MONTHLY;INTERVAL=2", {"days": "last_of_month"}),
    ("FREQ=MONTHLY;BYMONTHDAY=5,6,7,20", {"days": "before", "workdays_before": 4}),
    ("FREQ=DAILY", {"days": "before_holidays", "workdays_before": 2}),
    ("FREQ=DAILY", {}),
]


@st.composite
def calendar_rules(draw: st.DrawFn) -> Rule:
    starts = f"{draw(STARTS):%Y-%m-%d %H:%M}"
    if draw(st.booleans()):
        repeats, more = draw(st.sampled_from(OTHERS))
        return rule(repeats + draw(TIMES), starts, **more)
    days, shift = draw(st.sampled_from(FILTER_SHIFTS))
    return rule(draw(REPEATS) + draw(TIMES), starts, days=days, shift=shift)


@QUICK
@given(calendar_rules())
def test_shifts_neither_reorder_nor_double_and_end_on_days_that_are_wanted(of: Rule) -> None:
    found = list(islice(firings(of, OFFICIAL), 200)) if of.days is Days.ANY else _to_the_end(of)
    assert all(earlier.at < later.at for earlier, later in pairwise(found))
    keys = [key for one in found for key in one.keys]
    assert len(keys) == len(set(keys))
    for one in found:
        assert wants(of.days, OFFICIAL.day(one.wall.date()))
        assert one.key in one.keys


@QUICK
@given(calendar_rules())
def test_a_shift_goes_to_the_nearest_day_and_loses_nothing(of: Rule) -> None:
    if of.shift is Shift.SKIP:
        return
    for one in _to_the_end(of):
        for key in one.keys:
            step = timedelta(days=-1 if of.shift is Shift.EARLIER else 1)
            on = key.date()
            while not wants(of.days, OFFICIAL.day(on)):
                on += step
            assert datetime.combine(on, key.time()) == one.wall


@QUICK
@given(calendar_rules(), st.integers(0, 800))
def test_it_can_be_taken_up_again_at_any_moment(of: Rule, days: int) -> None:
    after = min((of.starts + timedelta(days=days, hours=9)).replace(tzinfo=UTC), LOOKED_AT)
    later = (one for one in _all(of) if one.at > after)
    again = _all(of, after)
    assert list(islice(again, 4)) == list(islice(later, 4))


def test_what_stands_in_a_rule_by_itself_is_its_own_series() -> None:
    assert [one.key for one in series(rule("", "2026-10-01"), OFFICIAL)] == [wall("2026-10-01")]


def test_a_rule_for_one_workday_of_each_month_must_repeat_monthly() -> None:
    with pytest.raises(BadRule):
        rule("FREQ=DAILY", days="last_of_month")


def _all(of: Rule, after: datetime | None = None) -> list[Occurrence]:
    """Up to where the calendar ends, if it matters."""
    found: list[Occurrence] = []
    try:
        for one in occurrences(of, OFFICIAL, after=after):
            found.append(one)
            if one.at > LOOKED_AT:
                break
    except UnknownYear:
        pass
    return found


def _to_the_end(of: Rule) -> list[Occurrence]:
    return [one for one in _all(of) if not one.skipped]


def _days(first: int, end: int) -> list[date]:
    return [date(first, 1, 1) + timedelta(days=number) for number in range((date(end, 1, 1) - date(first, 1, 1)).days)]


def test_the_years_here_are_those_of_the_library() -> None:
    assert max(on.year for on in chinese_calendar.holidays) == max(YEARS)
