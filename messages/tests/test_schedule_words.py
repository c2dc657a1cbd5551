from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest
from django.utils import translation
from hypothesis import Phase, given, settings

from messages.schedule.changes import Change, ChangeKind
from messages.schedule.days import Calendar, Day, DayKind, UnknownYear
from messages.schedule.occurrences import occurrences
from messages.schedule.preview import first_firing, preview, stops_before
from messages.schedule.reason_words import reasons_in_words
from messages.schedule.rules import BadRule, Rule
from messages.schedule.words import rule_in_words
from messages.tests.schedule_parts import OFFICIAL, rule, utc, wall
from messages.tests.test_schedule_patterns import cron_lines

DONE = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def told(of: Rule, language: str, changes: tuple[Change, ...] = (), calendar: Calendar = OFFICIAL) -> list[str]:
    """Of the first occurrence."""
    with translation.override(language):
        return reasons_in_words(next(occurrences(of, calendar, changes)), of.zone_info)


REASONS = [
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=1", "starts": "2026-10-01", "days": "workdays", "shift": "earlier"},
        ["moved from Thursday 1 October: National Day"],
        ["由10月1日（周四）提前：国庆节"],
        id="moved to the workday before",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=15", "starts": "2026-11-15", "days": "workdays", "shift": "later"},
        ["moved from Sunday 15 November: weekend"],
        ["由11月15日（周日）顺延：周末"],
        id="moved to the next workday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=1", "starts": "2026-01-01", "days": "workdays", "shift": "earlier"},
        ["moved from Thursday 1 January 2026: New Year's Day"],
        ["由2026年1月1日（周四）提前：元旦"],
        id="moved into another year",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-10-10", "days": "workdays"},
        ["added: make-up working day (National Day)"],
        ["增加：调休上班日（国庆节）"],
        id="a make-up day",
    ),
    pytest.param(
        {"repeats": "", "starts": "2026-10-01", "days": "workdays"},
        ["left out: National Day"],
        ["跳过：国庆节"],
        id="left out",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-10-01"},
        ["on this day: National Day"],
        ["当天：国庆节"],
        id="on a holiday all the same",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY", "starts": "2026-02-01", "days": "last_of_month"},
        ["the last workday of February", "added: make-up working day (Spring Festival)"],
        ["2月最后一个工作日", "增加：调休上班日（春节）"],
        id="a month's last workday",
    ),
    pytest.param(
        {"repeats": "", "starts": "2026-10-15", "days": "before", "workdays_before": 3},
        ["3 workdays before Thursday 15 October"],
        ["10月15日（周四）前第 3 个工作日"],
        id="workdays before a date",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-10-01", "days": "before_holidays", "workdays_before": 1},
        ["the last workday before National Day (Thursday 1 October)"],
        ["国庆节前一个工作日，假期自10月1日（周四）开始"],
        id="before a holiday",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-03-29 02:30", "zone": "Europe/Berlin"},
        ["clocks are put forward over 02:30: the next time there is"],
        ["夏令时拨快时钟，2:30 不存在，取其后最近的时刻"],
        id="a gap",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-10-25 02:30", "zone": "Europe/Berlin"},
        ["clocks are put back, 02:30 comes twice: the first one counts"],
        ["夏令时结束拨慢时钟，2:30 出现两次，取第一次"],
        id="a fold",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-09-30", "days": "workdays", "shift": "earlier"},
        ["also stands for 7 other dates, Thursday 1 October to Wednesday 7 October"],
        ["同时代表另外 7 个日期：10月1日（周四）至10月7日（周三）"],
        id="several dates on one day",
    ),
    pytest.param({"repeats": "FREQ=DAILY", "starts": "2026-11-25"}, [], [], id="nothing to say"),
]


@pytest.mark.parametrize(("made_of", "english", "chinese"), REASONS)
def test_why_a_date_is_what_it_is(made_of: dict[str, object], english: list[str], chinese: list[str]) -> None:
    of = rule(**made_of)  # type: ignore[arg-type]
    assert told(of, "en") == english
    assert told(of, "zh-hans") == chinese


CHANGES = [
    pytest.param(ChangeKind.SKIP, None, "skipped by Li on 3 March", "Li 于3月3日跳过", id="skipped"),
    pytest.param(
        ChangeKind.MOVE,
        "2026-11-25 15:00",
        "moved from Wednesday 25 November 09:00 by Li on 3 March",
        "Li 于3月3日由11月25日（周三）9:00改期",
        id="moved",
    ),
    pytest.param(ChangeKind.EDIT, None, "own text by Li on 3 March", "Li 于3月3日改写了内容", id="with its own text"),
]


@pytest.mark.parametrize(("kind", "to", "english", "chinese"), CHANGES)
def test_what_a_person_did_is_told_with_the_day(kind: ChangeKind, to: str | None, english: str, chinese: str) -> None:
    change = Change(wall("2026-11-25"), kind, to=wall(to) if to else None, by="Li", at=DONE)
    daily = rule("FREQ=DAILY", "2026-11-25")
    assert told(daily, "en", (change,)) == [english]
    assert told(daily, "zh-hans", (change,)) == [chinese]


OWN_DAYS = [
    pytest.param(DayKind.CLOSED, "司庆", "left out: closed (司庆)", "跳过：休息（司庆）", id="closed"),
    pytest.param(DayKind.EXTRA, "盘点", "added: extra working day (盘点)", "增加：额外上班日（盘点）", id="extra"),
]


@pytest.mark.parametrize(("kind", "name", "english", "chinese"), OWN_DAYS)
def test_an_organisation_s_own_day_is_told_as_such(kind: DayKind, name: str, english: str, chinese: str) -> None:
    starts = wall("2026-11-25")
    ours = Calendar(OFFICIAL.years, {starts.date(): Day(starts.date(), kind, name)})
    daily = rule("FREQ=DAILY", "2026-11-25", days="workdays")
    assert told(daily, "en", calendar=ours) == [english]
    assert told(daily, "zh-hans", calendar=ours) == [chinese]


@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(cron_lines)
def test_every_cron_line_has_words_in_both_languages(line: str) -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words = rule_in_words(rule(line, "2026-03-01"))
        assert "(Asia/Shanghai)" in words or "（Asia/Shanghai）" in words
        assert "%(" not in words


WORDS = [
    pytest.param(
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=1TU", "The first Tuesday of November, every 4 years", id="4y"
    ),
    pytest.param("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "The 13th (only if that is Friday) of every month", id="13th"),
    pytest.param("FREQ=MONTHLY;INTERVAL=2;BYDAY=FR", "Each Friday, every 2 months", id="each Friday"),
    pytest.param("FREQ=MONTHLY;BYMONTHDAY=-3", "Day 3 from the end of every month", id="from the end"),
    pytest.param("FREQ=YEARLY;BYDAY=20MO", "Monday number 20 of every year", id="20th Monday"),
    pytest.param("FREQ=DAILY;INTERVAL=2;BYDAY=SA", "Every 2 days, only on each Saturday", id="only on"),
]


@pytest.mark.parametrize(("repeats", "english"), WORDS)
def test_rare_rules_have_words_as_well(repeats: str, english: str) -> None:
    with translation.override("en"):
        assert rule_in_words(rule(repeats)) == f"{english} at 09:00 (Asia/Shanghai)"


def test_the_start_is_told_on_request() -> None:
    with translation.override("en"):
        words = rule_in_words(rule("FREQ=DAILY", count=3), start=True)
    assert words == "Every day at 09:00 (Asia/Shanghai), from 1 January 2026, 3 times"


def test_a_preview_tells_what_is_left_out_for_a_holiday_and_not_ordinary_weekends() -> None:
    found = preview(rule("FREQ=DAILY", "2026-09-18", days="workdays"), OFFICIAL)
    left_out = [f"{row.wall:%m-%d}" for row in found.rows if row.skipped]
    assert left_out == ["09-25", "09-26", "09-27", *(f"10-0{day}" for day in range(1, 8))]
    assert (len(found.firings), found.more, found.stopped) == (12, True, None)


def test_a_preview_tells_of_a_weekend_where_a_date_was_named() -> None:
    found = preview(rule("FREQ=MONTHLY;BYMONTHDAY=15", "2026-11-15", days="workdays"), OFFICIAL)
    assert [row.skipped for row in found.rows] == [True, False]


def test_a_preview_says_where_the_known_calendar_ends() -> None:
    found = preview(rule("FREQ=DAILY", "2026-12-30", days="workdays"), OFFICIAL)
    assert (len(found.rows), found.more) == (2, False)
    assert found.stopped is not None
    assert found.stopped.year == 2027


def test_a_preview_of_all_there_are_says_so() -> None:
    found = preview(rule("FREQ=DAILY", count=12), OFFICIAL)
    assert (len(found.rows), found.more, found.stopped) == (12, False, None)


def test_a_stop_is_told_weeks_before_and_not_months_before() -> None:
    daily = rule("FREQ=DAILY", days="workdays")
    after = utc("2026-11-24 00:00")
    stop = stops_before(daily, OFFICIAL, after=after, until=utc("2027-01-05 00:00"))
    assert isinstance(stop, UnknownYear)
    assert stops_before(daily, OFFICIAL, after=after, until=utc("2026-12-20 00:00")) is None
    assert stops_before(rule("FREQ=DAILY"), OFFICIAL, after=after, until=utc("2027-06-01 00:00")) is None
    assert (
        stops_before(rule("FREQ=DAILY", days="workdays", count=3), OFFICIAL, after=after, until=utc("2028-01-01 00:00"))
        is None
    )


NOT_BY_THE_CALENDAR = [
    pytest.param({"repeats": "", "starts": "2026-10-01", "days": "workdays"}, "never", id="once, on a holiday"),
    pytest.param(
        {"starts": "2027-01-04", "repeats": "FREQ=DAILY", "days": "workdays"}, "beyond_calendar", id="beyond it"
    ),
    pytest.param(
        {"repeats": "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=11", "days": "holidays"}, "beyond_calendar", id="never a holiday"
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY", "days": "last_of_month", "until": wall("2026-01-20")}, "never", id="ends before"
    ),
]


@pytest.mark.parametrize(("made_of", "code"), NOT_BY_THE_CALENDAR)
def test_a_rule_that_never_goes_out_by_the_known_calendar_is_refused(made_of: dict[str, object], code: str) -> None:
    with pytest.raises(BadRule) as refused:
        first_firing(rule(**made_of), OFFICIAL)  # type: ignore[arg-type]
    assert [error.code for error in refused.value.errors] == [code]


def test_a_rule_that_is_over_is_refused() -> None:
    over = rule("FREQ=DAILY", count=3)
    first_firing(over, OFFICIAL)
    with pytest.raises(BadRule):
        first_firing(over, OFFICIAL, after=utc("2026-02-01"))
    assert list(islice(occurrences(over, OFFICIAL, after=utc("2026-02-01")), 1)) == []
