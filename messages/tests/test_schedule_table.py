"""The next twelve dates of rules as people have them, with the rule in words in both languages: to be read, and checked
against a calendar on the wall."""

from __future__ import annotations

from itertools import groupby

import pytest
from django.utils import translation

from messages.schedule.preview import Preview, preview
from messages.schedule.words import rule_in_words
from messages.tests.schedule_parts import OFFICIAL, rule, wall

# What the rule is made of; in English; in Chinese; when it goes out.
RULES = [
    pytest.param(
        {"repeats": "", "starts": "2026-11-26 09:00"},
        "Once on Thursday 26 November 2026 at 09:00 (Asia/Shanghai)",
        "仅一次：2026年11月26日（周四） 9:00（Asia/Shanghai）",
        "2026: 11-26; no more",
        id="once",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY"},
        "Every day at 09:00 (Asia/Shanghai)",
        "每天 9:00（Asia/Shanghai）",
        "2026: 01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 01-09 01-10 01-11 01-12",
        id="every day",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY;INTERVAL=3"},
        "Every 3 days at 09:00 (Asia/Shanghai)",
        "每 3 天 9:00（Asia/Shanghai）",
        "2026: 01-01 01-04 01-07 01-10 01-13 01-16 01-19 01-22 01-25 01-28 01-31 02-03",
        id="every third day",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-02-12 09:00", "days": "workdays"},
        "Every workday at 09:00 (Asia/Shanghai)",
        "每个工作日 9:00（Asia/Shanghai）",
        "2026: 02-12 02-13 02-14 02-24 02-25 02-26 02-27 02-28 03-02 03-03 03-04 03-05",
        id="every workday over Spring Festival",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-09-18 09:00", "days": "workdays"},
        "Every workday at 09:00 (Asia/Shanghai)",
        "每个工作日 9:00（Asia/Shanghai）",
        "2026: 09-18 09-20 09-21 09-22 09-23 09-24 09-28 09-29 09-30 10-08 10-09 10-10",
        id="every workday over National Day",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY;BYMONTH=10", "days": "days_off"},
        "Every day in October at 09:00 (Asia/Shanghai), left out if that is a workday",
        "每年10月的每天 9:00（Asia/Shanghai），遇工作日跳过",
        "2026: 10-01 10-02 10-03 10-04 10-05 10-06 10-07 10-11 10-17 10-18 10-24 10-25",
        id="every day off in October",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2026-05-03 09:00", "days": "holidays"},
        "Every holiday at 09:00 (Asia/Shanghai)",
        "每个节假日 9:00（Asia/Shanghai）",
        "2026: 05-03 05-04 05-05 06-19 06-20 06-21 09-25 09-26 09-27 10-01 10-02 10-03",
        id="every holiday",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;BYDAY=FR"},
        "Every Friday at 09:00 (Asia/Shanghai)",
        "每周五 9:00（Asia/Shanghai）",
        "2026: 01-02 01-09 01-16 01-23 01-30 02-06 02-13 02-20 02-27 03-06 03-13 03-20",
        id="every Friday",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
        "Every Monday to Friday at 09:00 (Asia/Shanghai)",
        "每周一至周五 9:00（Asia/Shanghai）",
        "2026: 01-01 01-02 01-05 01-06 01-07 01-08 01-09 01-12 01-13 01-14 01-15 01-16",
        id="Monday to Friday whatever the calendar says",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "starts": "2026-01-05 09:00", "days": "workdays"},
        "Every 2 weeks on Monday at 09:00 (Asia/Shanghai), left out if that is not a workday",
        "每 2 周的周一 9:00（Asia/Shanghai），遇非工作日跳过",
        "2026: 01-05 01-19 02-02 03-02 03-16 03-30 04-13 04-27 05-11 05-25 06-08 06-22",
        id="every other Monday that is a workday",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=9,17"},
        "Every Tuesday and Thursday at 09:00 and 17:00 (Asia/Shanghai)",
        "每周二、周四 9:00、17:00（Asia/Shanghai）",
        "2026-01-01: 09:00 17:00; 2026-01-06: 09:00 17:00; 2026-01-08: 09:00 17:00; 2026-01-13: 09:00 17:00; "
        "2026-01-15: 09:00 17:00; 2026-01-20: 09:00 17:00",
        id="twice a day on Tuesdays and Thursdays",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY", "days": "last_of_week", "starts": "2026-09-14 17:00"},
        "The last workday of every week at 17:00 (Asia/Shanghai)",
        "每周最后一个工作日 17:00（Asia/Shanghai）",
        "2026: 09-20 09-24 09-30 10-10 10-16 10-23 10-30 11-06 11-13 11-20 11-27 12-04",
        id="the week's last workday",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;INTERVAL=2", "days": "first_of_week"},
        "The first workday of the week, every 2 weeks at 09:00 (Asia/Shanghai)",
        "每 2 周一次，当周第一个工作日 9:00（Asia/Shanghai）",
        "2026: 01-12 01-26 02-09 02-24 03-09 03-23 04-07 04-20 05-06 05-18 06-01 06-15",
        id="the first workday of every other week",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=15"},
        "The 15th of every month at 09:00 (Asia/Shanghai)",
        "每月15日 9:00（Asia/Shanghai）",
        "2026: 01-15 02-15 03-15 04-15 05-15 06-15 07-15 08-15 09-15 10-15 11-15 12-15",
        id="the 15th",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=10", "days": "workdays", "shift": "earlier"},
        "The 10th of every month at 09:00 (Asia/Shanghai), if that is not a workday, on the workday before",
        "每月10日 9:00（Asia/Shanghai），遇非工作日提前到前一个工作日",
        "2026: 01-09 02-10 03-10 04-10 05-09 06-10 07-10 08-10 09-10 10-10 11-10 12-10; stops before 2027",
        id="pay day on the 10th, before if need be",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=1", "days": "workdays", "shift": "later"},
        "The 1st of every month at 09:00 (Asia/Shanghai), if that is not a workday, on the next workday",
        "每月1日 9:00（Asia/Shanghai），遇非工作日顺延到下一个工作日",
        "2026: 01-04 02-02 03-02 04-01 05-06 06-01 07-01 08-03 09-01 10-08 11-02 12-01; stops before 2027",
        id="rent on the 1st, after if need be",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=31", "starts": "2026-01-01 09:00"},
        "The 31st of every month at 09:00 (Asia/Shanghai), left out where there is no such day",
        "每月31日 9:00（Asia/Shanghai），没有该日时跳过",
        "2026: 01-31 03-31 05-31 07-31 08-31 10-31 12-31; 2027: 01-31 03-31 05-31 07-31 08-31",
        id="the 31st, where there is one",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=-1"},
        "The last day of every month at 09:00 (Asia/Shanghai)",
        "每月最后一天 9:00（Asia/Shanghai）",
        "2026: 01-31 02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31",
        id="the last day of the month",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYDAY=2FR"},
        "The second Friday of every month at 09:00 (Asia/Shanghai)",
        "每月第二个周五 9:00（Asia/Shanghai）",
        "2026: 01-09 02-13 03-13 04-10 05-08 06-12 07-10 08-14 09-11 10-09 11-13 12-11",
        id="the second Friday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYDAY=-1FR"},
        "The last Friday of every month at 09:00 (Asia/Shanghai)",
        "每月最后一个周五 9:00（Asia/Shanghai）",
        "2026: 01-30 02-27 03-27 04-24 05-29 06-26 07-31 08-28 09-25 10-30 11-27 12-25",
        id="the last Friday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"},
        "The last one among Monday to Friday of every month at 09:00 (Asia/Shanghai)",
        "每月周一至周五中的最后一个 9:00（Asia/Shanghai）",
        "2026: 01-30 02-27 03-31 04-30 05-29 06-30 07-31 08-31 09-30 10-30 11-30 12-31",
        id="the last of Monday to Friday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY", "days": "first_of_month"},
        "The first workday of every month at 09:00 (Asia/Shanghai)",
        "每月第一个工作日 9:00（Asia/Shanghai）",
        "2026: 01-04 02-02 03-02 04-01 05-06 06-01 07-01 08-03 09-01 10-08 11-02 12-01; stops before 2027",
        id="the month's first workday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY", "days": "last_of_month", "starts": "2026-01-01 18:00"},
        "The last workday of every month at 18:00 (Asia/Shanghai)",
        "每月最后一个工作日 18:00（Asia/Shanghai）",
        "2026: 01-30 02-28 03-31 04-30 05-29 06-30 07-31 08-31 09-30 10-30 11-30 12-31; stops before 2027",
        id="the month's last workday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTH=3,6,9,12", "days": "last_of_month", "starts": "2024-01-01 09:00"},
        "The last workday of March, June, September and December every year at 09:00 (Asia/Shanghai)",
        "每年3月、6月、9月、12月的最后一个工作日 9:00（Asia/Shanghai）",
        "2024: 03-29 06-28 09-30 12-31; 2025: 03-31 06-30 09-30 12-31; 2026: 03-31 06-30 09-30 12-31; "
        "stops before 2027",
        id="the quarter's last workday",
    ),
    pytest.param(
        {"repeats": "FREQ=MONTHLY;BYMONTHDAY=15", "days": "before", "workdays_before": 3},
        "3 workdays before the 15th of every month at 09:00 (Asia/Shanghai)",
        "每月15日前第 3 个工作日 9:00（Asia/Shanghai）",
        "2026: 01-12 02-12 03-11 04-10 05-12 06-10 07-10 08-12 09-10 10-12 11-11 12-10; stops before 2027",
        id="three workdays before the 15th",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2025-01-02 16:00", "days": "before_holidays", "workdays_before": 1},
        "The last workday before each holiday at 16:00 (Asia/Shanghai)",
        "节假日前一个工作日 16:00（Asia/Shanghai）",
        "2025: 01-27 04-03 04-30 05-30 09-30 12-31; 2026: 02-14 04-03 04-30 06-18 09-24 09-30; stops before 2027",
        id="the workday before each holiday",
    ),
    pytest.param(
        {"repeats": "FREQ=DAILY", "starts": "2025-01-02 16:00", "days": "before_holidays", "workdays_before": 2},
        "2 workdays before each holiday at 16:00 (Asia/Shanghai)",
        "节假日前第 2 个工作日 16:00（Asia/Shanghai）",
        "2025: 01-26 04-02 04-29 05-29 09-29 12-30; 2026: 02-13 04-02 04-29 06-17 09-23 09-29; stops before 2027",
        id="two workdays before each holiday",
    ),
    pytest.param(
        {"repeats": "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1"},
        "The 1st of October every year at 09:00 (Asia/Shanghai)",
        "每年10月1日 9:00（Asia/Shanghai）",
        "2026: 10-01; 2027: 10-01; 2028: 10-01; 2029: 10-01; 2030: 10-01; 2031: 10-01; 2032: 10-01; "
        "2033: 10-01; 2034: 10-01; 2035: 10-01; 2036: 10-01; 2037: 10-01",
        id="National Day",
    ),
    pytest.param(
        {"repeats": "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", "zone": "Europe/Berlin"},
        "The second Sunday of May every year at 09:00 (Europe/Berlin)",
        "每年5月第二个周日 9:00（Europe/Berlin）",
        "2026: 05-10; 2027: 05-09; 2028: 05-14; 2029: 05-13; 2030: 05-12; 2031: 05-11; 2032: 05-09; "
        "2033: 05-08; 2034: 05-14; 2035: 05-13; 2036: 05-11; 2037: 05-10",
        id="Mother's Day in Berlin",
    ),
    pytest.param(
        {"repeats": "FREQ=YEARLY", "starts": "2024-02-29 09:00"},
        "The 29th of February every year at 09:00 (Asia/Shanghai), left out where there is no such day",
        "每年2月29日 9:00（Asia/Shanghai），没有该日时跳过",
        "2024: 02-29; 2028: 02-29; 2032: 02-29; 2036: 02-29; 2040: 02-29; 2044: 02-29; 2048: 02-29; "
        "2052: 02-29; 2056: 02-29; 2060: 02-29; 2064: 02-29; 2068: 02-29",
        id="a leap day",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;BYDAY=WE", "count": 5},
        "Every Wednesday at 09:00 (Asia/Shanghai), 5 times",
        "每周三 9:00（Asia/Shanghai），共 5 次",
        "2026: 01-07 01-14 01-21 01-28 02-04; no more",
        id="five times",
    ),
    pytest.param(
        {"repeats": "FREQ=WEEKLY;BYDAY=WE", "until": wall("2026-02-04 23:59:59")},
        "Every Wednesday at 09:00 (Asia/Shanghai), until 4 February 2026",
        "每周三 9:00（Asia/Shanghai），至2026年2月4日为止",
        "2026: 01-07 01-14 01-21 01-28 02-04; no more",
        id="until a date",
    ),
    pytest.param(
        {"repeats": "30 8 * * *", "starts": "2026-04-30 08:00", "days": "workdays"},
        "Every workday at 08:30 (Asia/Shanghai)",
        "每个工作日 8:30（Asia/Shanghai）",
        "2026: 04-30 05-06 05-07 05-08 05-09 05-11 05-12 05-13 05-14 05-15 05-18 05-19",
        id="a cron line for workdays",
    ),
    pytest.param(
        {"repeats": "0 9 13 * 5"},
        "The 13th of every month or every Friday at 09:00 (Asia/Shanghai)",
        "每月13日，以及每周五 9:00（Asia/Shanghai）",
        "2026: 01-02 01-09 01-13 01-16 01-23 01-30 02-06 02-13 02-20 02-27 03-06 03-13",
        id="a cron line with a weekday or a date",
    ),
    pytest.param(
        {"repeats": "0 18 L 3,6,9,12 *"},
        "The last day of March, June, September and December every year at 18:00 (Asia/Shanghai)",
        "每年3月、6月、9月、12月的最后一天 18:00（Asia/Shanghai）",
        "2026: 03-31 06-30 09-30 12-31; 2027: 03-31 06-30 09-30 12-31; 2028: 03-31 06-30 09-30 12-31",
        id="a cron line for the last day of each quarter",
    ),
    pytest.param(
        {"repeats": "*/30 9-17 * * *", "starts": "2026-09-30 15:45", "days": "workdays"},
        "Every workday, every 30 minutes between 09:00 and 17:59 (Asia/Shanghai)",
        "每个工作日，9:00 至 17:59 之间每 30 分钟（Asia/Shanghai）",
        "2026-09-30: 16:00 16:30 17:00 17:30; 2026-10-08: 09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30",
        id="a cron line within working hours",
    ),
]


@pytest.mark.parametrize(("given", "english", "chinese", "expected"), RULES)
def test_the_next_twelve_dates(given: dict[str, object], english: str, chinese: str, expected: str) -> None:
    found = rule(**given)  # type: ignore[arg-type]

    assert _told(preview(found, OFFICIAL)) == expected
    with translation.override("en"):
        assert rule_in_words(found) == english
    with translation.override("zh-hans"):
        assert rule_in_words(found) == chinese


def _told(found: Preview) -> str:
    """By year, or by day where a day has several times; with why there are no more."""
    walls = [one.wall for one in found.firings]
    if len({at.time() for at in walls}) == 1:
        parts = [
            f"{year}: " + " ".join(f"{at:%m-%d}" for at in all_) for year, all_ in groupby(walls, lambda at: at.year)
        ]
    else:
        parts = [
            f"{on}: " + " ".join(f"{at:%H:%M}" for at in all_) for on, all_ in groupby(walls, lambda at: at.date())
        ]
    if found.stopped:
        parts.append(f"stops before {found.stopped.year}")
    elif not found.more:
        parts.append("no more")
    return "; ".join(parts)
