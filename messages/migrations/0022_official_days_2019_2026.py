"""The official days that chinesecalendar 1.11.0 knows of 2019-2026, written down: a later version of it, or none, makes
no other rows. Runs once; what people change afterwards stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import migrations

SOURCE = "chinesecalendar 1.11.0"
AS_OF = date(2026, 11, 24)
NAMES = {
    "元旦": "元旦",
    "春节": "春节",
    "清明": "清明节",
    "劳动": "劳动节",
    "端午": "端午节",
    "中秋": "中秋节",
    "国庆": "国庆节",
}
# 休: free; 班: a Saturday or Sunday on which people work. Month and day, first and last where there are several.
DAYS = {
    2019: """
休 元旦 0101 | 休 春节 0204-0210 | 班 春节 0202-0203 | 休 清明 0405-0407 | 休 劳动 0501-0504 | 班 劳动 0428 0505
休 端午 0607-0609 | 休 中秋 0913-0915 | 休 国庆 1001-1007 | 班 国庆 0929 1012
""",
    2020: """
休 元旦 0101 | 休 春节 0124-0202 | 班 春节 0119 | 休 清明 0404-0406 | 休 劳动 0501-0505 | 班 劳动 0426 0509
休 端午 0625-0627 | 班 端午 0628 | 休 国庆 1001-1008 | 班 国庆 0927 1010
""",
    2021: """
休 元旦 0101-0103 | 休 春节 0211-0217 | 班 春节 0207 0220 | 休 清明 0403-0405 | 休 劳动 0501-0505 | 班 劳动 0425 0508
休 端午 0612-0614 | 休 中秋 0919-0921 | 班 中秋 0918 | 休 国庆 1001-1007 | 班 国庆 0926 1009
""",
    2022: """
休 元旦 0101-0103 | 休 春节 0131-0206 | 班 春节 0129-0130 | 休 清明 0403-0405 | 班 清明 0402 | 休 劳动 0430-0504
班 劳动 0424 0507 | 休 端午 0603-0605 | 休 中秋 0910-0912 | 休 国庆 1001-1007 | 班 国庆 1008-1009 | 休 元旦 1231
""",
    2023: """
休 元旦 0101-0102 | 休 春节 0121-0127 | 班 春节 0128-0129 | 休 清明 0405 | 休 劳动 0429-0503 | 班 劳动 0423 0506
休 端午 0622-0624 | 班 端午 0625 | 休 中秋 0929 | 休 国庆 0930-1006 | 班 国庆 1007-1008 | 休 元旦 1230-1231
""",
    2024: """
休 元旦 0101 | 休 春节 0210-0217 | 班 春节 0204 0218 | 休 清明 0404-0406 | 班 清明 0407 | 休 劳动 0501-0505
班 劳动 0428 0511 | 休 端午 0610 | 休 中秋 0915-0917 | 班 中秋 0914 | 休 国庆 1001-1007 | 班 国庆 0929 1012
""",
    2025: """
休 元旦 0101 | 休 春节 0128-0204 | 班 春节 0126 0208 | 休 清明 0404-0406 | 休 劳动 0501-0505 | 班 劳动 0427
休 端午 0531-0602 | 休 国庆 1001-1005 | 休 中秋 1006 | 休 国庆 1007-1008 | 班 国庆 0928 1011
""",
    2026: """
休 元旦 0101-0103 | 班 元旦 0104 | 休 春节 0215-0223 | 班 春节 0214 0228 | 休 清明 0404-0406 | 休 劳动 0501-0505
班 劳动 0509 | 休 端午 0619-0621 | 休 中秋 0925-0927 | 休 国庆 1001-1007 | 班 国庆 0920 1010
""",
}
KINDS = {"休": "holiday", "班": "make_up"}


def days_of(year):
    found = []
    for entry in DAYS[year].replace("\n", "|").split("|"):
        if entry.strip():
            mark, name, *spans = entry.split()
            found += [(day, KINDS[mark], NAMES[name]) for span in spans for day in each_day(year, span)]
    return sorted(found)


def each_day(year, span):
    first, _, last = span.partition("-")
    day, end = (date(year, int(text[:2]), int(text[2:])) for text in (first, last or first))
    while day <= end:
        yield day
        day += timedelta(days=1)


def seed(apps, schema_editor):
    calendar_year, official_day, calendar_version = (
        apps.get_model("broadcasts", name) for name in ("CalendarYear", "OfficialDay", "CalendarVersion")
    )
    told = {"state": "official", "source": SOURCE, "as_of": AS_OF}
    now = datetime.now(UTC)
    for year in DAYS:
        days = days_of(year)
        calendar_year.objects.create(year=year, version=1, changed_at=now, changed_by_name="command line", **told)
        official_day.objects.bulk_create(
            [official_day(year_id=year, date=day, kind=kind, name=name) for day, kind, name in days]
        )
        content = {
            **told,
            "as_of": AS_OF.isoformat(),
            "days": [[day.isoformat(), kind, name] for day, kind, name in days],
        }
        calendar_version.objects.create(
            year_id=year, number=1, content=content, saved_by_name="command line", saved_at=now
        )


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0021_official_calendar")]

    # Backwards nothing: the tables go as a whole.
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
