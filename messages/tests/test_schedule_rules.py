from __future__ import annotations

from datetime import datetime, time

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.schedule.making import make_rule
from messages.schedule.rule_text import key_text, read_key, read_rule, rule_text
from messages.schedule.rules import BadRule, Days, Kind, Shift
from messages.tests.schedule_parts import rule, wall


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def errors(repeats: str = "FREQ=DAILY", starts: str = "2026-01-01 09:00", **more: object) -> list[tuple[str, str]]:
    with pytest.raises(BadRule) as refused:
        rule(repeats, starts, **more)
    assert all(error.text for error in refused.value.errors)
    return [(error.field, error.code) for error in refused.value.errors]


def test_a_rule_is_kept_as_lines_that_can_be_read() -> None:
    found = make_rule(
        starts=wall("2026-10-01"),
        repeats="RRULE:FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=9;UNTIL=20271231T155959Z",
        days="workdays",
        shift="earlier",
    )
    assert rule_text(found).splitlines() == [
        "DTSTART;TZID=Asia/Shanghai:20261001T090000",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=15",
        "TIMES:09:00:00",
        "UNTIL:20271231T235959",
        "DAYS:workdays",
        "SHIFT:earlier",
    ]


REPEATS = st.sampled_from(["", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU", "*/5 9-17 * * 1-5"])
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Etc/GMT+5"])
WALLS = st.datetimes(wall("2000-01-01 00:00"), wall("2100-01-01 00:00"))


@settings(max_examples=200, deadline=None)
@given(WALLS, ZONES, REPEATS, st.none() | st.integers(1, 400), st.sampled_from(Days), st.sampled_from(Shift), st.data())
def test_what_is_written_is_read_again(
    starts: datetime, zone: str, repeats: str, count: int | None, days: Days, shift: Shift, data: st.DataObject
) -> None:
    times = data.draw(st.lists(st.sampled_from([time(9), time(12, 30)]), unique=True))
    before = data.draw(st.integers(0, 3))
    try:
        found = make_rule(
            starts=starts,
            zone=zone,
            repeats=repeats,
            times=times,
            count=count,
            days=days,
            shift=shift,
            workdays_before=before,
        )
    except BadRule:
        return
    assert read_rule(rule_text(found)) == found


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.from_regex(r"(RRULE:|FREQ=)[A-Z0-9=;,:+-]{0,60}", fullmatch=True))
def test_whatever_is_typed_is_a_rule_or_a_mistake_in_words(text: str) -> None:
    for read in (read_rule, lambda typed: rule(typed)):
        try:
            read(text)
        except BadRule as refused:
            assert all(error.text for error in refused.errors)  # noqa: PT017 - both ways are right


WAYS = [
    pytest.param(" rrule:freq=weekly;byday=fr ", Kind.RRULE, "FREQ=WEEKLY;BYDAY=FR", id="small letters"),
    pytest.param("INTERVAL=1;FREQ=DAILY;", Kind.RRULE, "FREQ=DAILY", id="what is usual is left out"),
    pytest.param("FREQ=MONTHLY;BYDAY=+2FR,-1MO", Kind.RRULE, "FREQ=MONTHLY;BYDAY=-1MO,2FR", id="in one order"),
    pytest.param("0  9 * *   mon-fri", Kind.CRON, "0 9 * * MON-FRI", id="cron"),
    pytest.param("", Kind.ONCE, "", id="once"),
]


@pytest.mark.parametrize(("typed", "kind", "kept"), WAYS)
def test_the_same_repetition_is_kept_as_the_same_text(typed: str, kind: Kind, kept: str) -> None:
    found = rule(typed)
    assert (found.kind, found.repeats) == (kind, kept)


ENDS = [
    pytest.param("FREQ=DAILY;UNTIL=20260331", "2026-03-31 23:59:59", id="a date means all of it"),
    pytest.param("FREQ=DAILY;UNTIL=20260331T100000", "2026-03-31 10:00", id="a wall time"),
    pytest.param("FREQ=DAILY;UNTIL=20260331T100000Z", "2026-03-31 18:00", id="a moment, in the rule's zone"),
]


@pytest.mark.parametrize(("typed", "until"), ENDS)
def test_an_end_in_the_rule_is_a_wall_time(typed: str, until: str) -> None:
    assert rule(typed).until == wall(until)


def test_a_time_given_apart_is_that_of_what_goes_out_once() -> None:
    assert rule("", "2026-01-01 00:00", times=[time(9)]) == rule("", "2026-01-01 09:00")


MISTAKES = [
    pytest.param({"zone": "Mars/Olympus"}, ("zone", "unknown_zone"), id="a zone that does not exist"),
    pytest.param({"repeats": "FREQ=SECONDLY"}, ("repeats", "too_often"), id="every second"),
    pytest.param({"repeats": "* * * * * *"}, ("repeats", "too_often"), id="a cron line with seconds"),
    pytest.param({"repeats": "FREQ=HOURLY"}, ("repeats", "by_the_hour"), id="by the hour"),
    pytest.param({"repeats": "FREQ=DAILY;BYSECOND=0,30"}, ("repeats", "too_often"), id="seconds in a rule"),
    pytest.param({"times": [time(9), time(9, 0, 30)]}, ("times", "too_often"), id="twice in a minute"),
    pytest.param({"times": [time(0), time(23, 59, 30)]}, ("times", "too_often"), id="twice around midnight"),
    pytest.param({"repeats": "FREQ=FORTNIGHTLY"}, ("repeats", "malformed"), id="an unknown frequency"),
    pytest.param({"repeats": "FREQ=DAILY;BYEASTER=1"}, ("repeats", "malformed"), id="an unknown part"),
    pytest.param({"repeats": "FREQ=DAILY;INTERVAL=0"}, ("repeats", "malformed"), id="every zero days"),
    pytest.param({"repeats": "FREQ=WEEKLY;BYDAY=2FR"}, ("repeats", "malformed"), id="the second Friday of a week"),
    pytest.param({"repeats": "FREQ=DAILY;UNTIL=20261301"}, ("repeats", "malformed"), id="an end that is no date"),
    pytest.param({"repeats": "FREQ=DAILY;FREQ=DAILY"}, ("repeats", "malformed"), id="a part twice"),
    pytest.param({"repeats": "every day"}, ("repeats", "malformed"), id="plain words"),
    pytest.param({"repeats": "61 9 * * *"}, ("repeats", "malformed"), id="a minute that does not exist"),
    pytest.param({"repeats": "0 9 30 2 *"}, ("repeats", "malformed"), id="30 February in a cron line"),
    pytest.param({"repeats": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, ("repeats", "never"), id="30 February"),
    pytest.param({"repeats": "0 9 31 4,6 *"}, ("repeats", "malformed"), id="31 April and June"),
    pytest.param({"until": wall("2025-12-31")}, ("until", "before_start"), id="ends before it starts"),
    pytest.param({"until": wall("2026-01-01"), "times": [time(18)]}, ("until", "never"), id="ends before its first"),
    pytest.param({"count": 0}, ("count", "out_of_range"), id="no times at all"),
    pytest.param({"count": 1001}, ("count", "out_of_range"), id="too many times"),
    pytest.param({"count": 3, "until": wall("2026-02-01")}, ("count", "two_ends"), id="two ends"),
    pytest.param({"repeats": "FREQ=DAILY;COUNT=3", "count": 4}, ("count", "twice"), id="two counts"),
    pytest.param({"starts": "1999-12-31 09:00"}, ("starts", "too_far"), id="long ago"),
    pytest.param({"starts": "2999-12-31 09:00"}, ("starts", "too_far"), id="in the far future"),
    pytest.param({"repeats": "0 9 * * *", "times": [time(9)]}, ("times", "cron_has_its_own"), id="cron and times"),
    pytest.param({"repeats": "", "times": [time(9), time(10)]}, ("times", "once"), id="once at two times"),
    pytest.param({"days": "any", "shift": "later"}, ("shift", "nothing_to_shift"), id="nothing to shift"),
    pytest.param({"days": "weekdays"}, ("days", "unknown"), id="unknown days"),
    pytest.param({"shift": "sideways"}, ("shift", "unknown"), id="an unknown shift"),
    pytest.param({"days": "before"}, ("workdays_before", "out_of_range"), id="none before"),
    pytest.param({"workdays_before": 2}, ("workdays_before", "not_counted"), id="counted for nothing"),
    pytest.param({"days": "last_of_month"}, ("days", "other_repetition"), id="a month's workday every day"),
    pytest.param(
        {"days": "first_of_week", "repeats": "FREQ=WEEKLY;BYDAY=FR"},
        ("days", "other_repetition"),
        id="a week's, on Friday",
    ),
    pytest.param(
        {"days": "before_holidays", "workdays_before": 1, "repeats": ""},
        ("days", "other_repetition"),
        id="once before all",
    ),
]


@pytest.mark.parametrize(("given_", "expected"), MISTAKES)
def test_a_mistake_is_told_at_the_field_it_belongs_to(given_: dict[str, object], expected: tuple[str, str]) -> None:
    assert errors(**given_) == [expected]  # type: ignore[arg-type]


def test_all_mistakes_are_told_together() -> None:
    found = errors(until=wall("2025-01-01"), days="last_of_month", shift="later")
    assert found == [("until", "before_start"), ("shift", "nothing_to_shift"), ("days", "other_repetition")]


def test_a_zone_and_a_rule_that_are_wrong_are_told_together() -> None:
    assert errors("every day", zone="Mars") == [("zone", "unknown_zone"), ("repeats", "malformed")]


def test_a_mistake_names_what_cannot_be_understood() -> None:
    with pytest.raises(BadRule) as refused:
        rule("0 25 * * *")
    assert refused.value.errors[0].text == "“25” cannot be the hour of a cron line here."
    with pytest.raises(BadRule) as refused:
        rule("FREQ=DAILY;BYWEEKNO=1")
    assert refused.value.errors[0].text == "“BYWEEKNO” cannot be understood, or is not supported, in a rule."


@pytest.mark.parametrize(
    "text",
    ["", "RRULE:FREQ=DAILY", "DTSTART;TZID=Asia/Shanghai:2026", "DTSTART;TZID=Asia/Shanghai:20260101T090000\nX:1"],
)
def test_what_is_no_stored_rule_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        read_rule(text)


def test_a_key_is_kept_as_a_wall_time() -> None:
    assert key_text(wall("2026-10-01")) == "2026-10-01T09:00:00"
    assert read_key("2026-10-01T09:00:00") == wall("2026-10-01")
    with pytest.raises(ValueError, match="no zone"):
        read_key("2026-10-01T09:00:00+08:00")
