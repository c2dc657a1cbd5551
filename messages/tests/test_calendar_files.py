"""Files of official days: what calendars publish, what people type, and what somebody made to break things."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.utils import translation

from messages.services.calendar.content import GivenDay
from messages.services.calendar.csv_file import write_csv
from messages.services.calendar.files import read_days
from messages.services.calendar.library import library_days
from messages.services.calendar.oddities import oddities
from robots.imports.mistakes import ImportRefused

OCTOBER_1, OCTOBER_10 = date(2026, 10, 1), date(2026, 10, 10)


def ics(*entries: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\n" for entry in entries)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def entry(summary: str, first: str = "20261001", end: str = "", *more: str) -> str:
    lines = [f"DTSTART;VALUE=DATE:{first}", *([f"DTEND;VALUE=DATE:{end}"] if end else []), *more, f"SUMMARY:{summary}"]
    return "\r\n".join(lines)


def mistakes(data: bytes) -> list[str]:
    with translation.override("en"):
        with pytest.raises(ImportRefused) as refused:
            read_days(data)
        return [str(mistake) for mistake in refused.value.mistakes]


def test_what_is_exported_can_be_imported() -> None:
    assert read_days(write_csv(library_days(2026))).days == library_days(2026)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("date,kind,name\n2026-10-01,holiday,国庆节\n2026-10-10,make_up,国庆节\n", id="as exported"),
        pytest.param("日期；类型；名称\n2026/10/1；休；国庆节\n20261010；班；国庆节\n", id="Chinese"),
        pytest.param("名称\t日期\t安排\n国庆节\t2026年10月1日\t放假\n国庆节\t2026年10月10日\t补班\n", id="tabs"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_csv_is_read_as_people_write_it(text: str, encoding: str) -> None:
    days = (GivenDay(OCTOBER_1, "holiday", "国庆节"), GivenDay(OCTOBER_10, "make_up", "国庆节"))
    assert read_days(text.encode(encoding)).days == days


def test_csv_tells_every_mistake_with_its_line() -> None:
    text = (
        "date,kind,name\n2026-02-30,休,春节\n2026-10-01,调休,国庆节\n2026-10-02,班,国庆节\n"
        "2026-10-03,休,\n2026-10-04,休,国庆节\n2026-10-04,休,国庆节\nnext year,休,元旦\n"
    )
    assert mistakes(text.encode()) == [
        "Line 2, date: There is no such day. Write 2026-10-01.",
        "Line 3, kind: Write “holiday” or 休 for a free day, “make_up” or 班 for a make-up working day.",
        "Line 4: 2026-10-02 is no Saturday or Sunday: people work then anyway.",
        "Line 5, name: A name is needed.",
        "Line 7, date: 2026-10-04 stands here twice.",
        "Line 8, date: This is no date. Write 2026-10-01.",
    ]


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("国庆节 休", "holiday"),
        ("国庆节（休）", "holiday"),
        ("国庆节休", "holiday"),
        ("国庆节 假期 第1天/共7天", "holiday"),
        ("国庆节 班", "make_up"),
        ("国庆节（班）", "make_up"),
        ("国庆节 补班 第1天/共2天", "make_up"),
        ("国庆节调休上班", "make_up"),
    ],
)
def test_an_entry_is_understood_as_calendars_write_it(summary: str, kind: str) -> None:
    assert read_days(ics(entry(summary, "20261010"))).days == (GivenDay(OCTOBER_10, kind, "国庆节"),)


def test_the_end_of_an_entry_is_the_day_after_its_last() -> None:
    found = read_days(ics(entry("国庆节 休", "20261001", "20261008"))).days
    assert (found[0].on, found[-1].on, len(found)) == (OCTOBER_1, date(2026, 10, 7), 7)
    assert read_days(ics(entry("国庆节 休", "20261001", "", "DURATION:P7D"))).days == found


def test_a_make_up_day_may_have_the_hours_of_work() -> None:
    hours = (
        "DTSTART;TZID=Asia/Shanghai:20261010T090000\r\nDTEND;TZID=Asia/Shanghai:20261010T180000\r\nSUMMARY:国庆节 补班"
    )
    assert read_days(ics(hours)).days == (GivenDay(OCTOBER_10, "make_up", "国庆节"),)


def test_apple_s_own_property_says_it_without_a_word_in_the_name() -> None:
    found = read_days(ics(entry("国庆节", "20261010", "", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY")))
    assert found.days == (GivenDay(OCTOBER_10, "make_up", "国庆节"),)


def test_a_line_may_be_folded_in_the_middle_of_a_character() -> None:
    data = ics(entry("国庆节 休"))
    at = data.index("庆".encode()) + 1
    assert read_days(data[:at] + b"\r\n " + data[at:]).days == (GivenDay(OCTOBER_1, "holiday", "国庆节"),)


def test_what_says_neither_is_left_out_and_counted_and_an_alarm_is_no_entry() -> None:
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT1H\r\nSUMMARY:国庆节 班\r\nEND:VALARM"
    found = read_days(ics(entry("七夕", "no date"), entry("国庆节 休", "20261001", "", alarm), "STATUS:CANCELLED"))
    assert (found.days, found.left_out) == ((GivenDay(OCTOBER_1, "holiday", "国庆节"),), 1)


def test_two_holidays_on_one_day_are_named_both() -> None:
    found = read_days(ics(entry("国庆节 休"), entry("中秋节 休"), entry("国庆节 休")))
    assert found.days == (GivenDay(OCTOBER_1, "holiday", "国庆节、中秋节"),)


def test_days_of_other_years_are_told_apart() -> None:
    found = read_days(ics(entry("元旦 休", "20261231", "20270104")))
    assert ([day.on.day for day in found.of(2027)], found.elsewhere(2027)) == ([1, 2, 3], {2026: 1})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(ics(entry("国庆节 休", "20261301")), "Line 4, DTSTART: There is no such day.", id="no such day"),
        pytest.param(
            ics(entry("国庆节 休", "00010101", "00010101")), "Line 4, DTSTART: There is no such day.", id="year 1"
        ),
        pytest.param(ics(entry("国庆节 休", "20261001Z")), "Line 4, DTSTART: This is no whole day.", id="UTC"),
        pytest.param(
            ics("SUMMARY:国庆节 休"), "Line 3, DTSTART: This entry does not say when it begins.", id="no start"
        ),
        pytest.param(
            ics(entry("国庆节 休", "20261001", "20261001")), "Line 3, DTEND: It ends before it begins.", id="empty"
        ),
        pytest.param(
            ics(entry("国庆节 休", "20260101", "20261231")), "Line 3, DTEND: No holiday is longer", id="endless"
        ),
        pytest.param(
            ics(entry("国庆节 休", "20261001", "", "RRULE:FREQ=SECONDLY")), "Line 5, RRULE: Official days", id="repeats"
        ),
        pytest.param(ics(entry("国庆节 调休")), "Line 3, SUMMARY: 调休 alone does not say", id="exchanged"),
        pytest.param(ics(entry("国庆节 休 班")), "Line 3, SUMMARY: This says both 休 and 班.", id="both"),
        pytest.param(
            ics(entry("国庆节 休", "20261010"), entry("国庆节 班", "20261010")),
            "Line 7, DTSTART: 2026-10-10 is both 休 and 班 in this file.",
            id="two kinds",
        ),
        pytest.param(ics(entry("国庆节 班")), "Line 3: 2026-10-01 is no Saturday or Sunday", id="works on a Thursday"),
        pytest.param(ics("hello"), "Line 4: This is no line of an iCalendar file.", id="no line"),
        pytest.param(ics("END:VCALENDAR"), "Line 4: This ends what has not begun.", id="wrong end"),
        pytest.param(ics()[:-20], "Line 2: The file breaks off here.", id="breaks off"),
        pytest.param(b"BEGIN:VCALENDAR\n" * 100, "Line 6: Too much stands within one another", id="deep"),
        pytest.param(b"BEGIN:VCALENDAR\nX:\xff\xfe\nEND:VCALENDAR", "Line 2: This line is not UTF-8.", id="no UTF-8"),
        pytest.param(b"BEGIN:VCALENDAR\n" + b"X:1\n" * 60_000, "Line 50000: There are more than", id="long"),
        pytest.param(b"PK\x03\x04\x00", "Line 1: This is a spreadsheet file.", id="a spreadsheet"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(data: bytes, told: str) -> None:
    assert mistakes(data)[0].startswith(told)


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_is_read_or_refused_and_breaks_nothing(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(ics(entry("国庆节 休", "20261001", "20261008"), entry("国庆节 补班 第1天/共2天", "20261010")))
    for _damage in range(8):
        data[chance.randrange(len(data))] = chance.choice(b'\n\r :;,="\\0919ATZ\xff\xe5\x00')
    try:
        days = read_days(bytes(data)).days
    except ImportRefused:
        return
    assert all(day.kind in ("holiday", "make_up") and day.name for day in days)


def test_a_long_summary_takes_no_time() -> None:
    assert read_days(ics(entry("第1天" * 300_000 + "\\n 休"))).left_out == 1


def test_a_year_that_lacks_holidays_looks_odd_and_a_whole_one_does_not() -> None:
    whole = library_days(2026)
    with translation.override("en"):
        assert oddities(whole) == []
        assert oddities([day for day in whole if day.name != "端午节"]) == [
            "No holiday is called: Dragon Boat Festival."
        ]
        assert oddities(whole[:3])[-1] == "It has 0 make-up working days. Official years have 5 to 12."
        few = [GivenDay(OCTOBER_1 + timedelta(days=1), "holiday", "国庆节")]
        assert "It has 1 holiday. Official years have 22 to 33, weekends among them." in oddities(few)
        assert oddities([]) == ["There is no day yet."]
