from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from dingtalk.payloads import NOBODY
from messages.forms.launch import LaunchForm
from messages.schedule.rule_text import rule_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official_calendar")]

FILLED = {
    "when": "repeat",
    "date": "2026-12-11",
    "time": "09:00",
    "zone": "Asia/Shanghai",
    "policy": "retry_safely",
    "launch_key": "0d9de38f-9f22-4f0c-a1c1-6c9f9b8d7a11",
}


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-25T12:00:00+08:00", tick=False), translation.override("en"):
        yield


def form_of(**typed: str) -> LaunchForm:
    return LaunchForm({**FILLED, **typed}, at=NOBODY, groups=2)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ({"repeat": "day"}, "RRULE:FREQ=DAILY"),
        ({"repeat": "day", "every": "3"}, "RRULE:FREQ=DAILY;INTERVAL=3"),
        ({"repeat": "week", "on_mo": "on", "on_fr": "on"}, "RRULE:FREQ=WEEKLY;BYDAY=MO,FR"),
        ({"repeat": "week", "every": "2"}, "RRULE:FREQ=WEEKLY;INTERVAL=2"),
        ({"repeat": "month"}, "RRULE:FREQ=MONTHLY;BYMONTHDAY=11"),
        ({"repeat": "month", "month_by": "position"}, "RRULE:FREQ=MONTHLY;BYDAY=2FR"),
        ({"repeat": "month", "month_by": "position", "date": "2026-12-31"}, "RRULE:FREQ=MONTHLY;BYDAY=-1TH"),
        ({"repeat": "month", "month_by": "last"}, "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1"),
        ({"repeat": "year"}, "RRULE:FREQ=YEARLY"),
        ({"repeat": "cron", "cron": "30 8 * * 1-5"}, "CRON:30 8 * * 1-5"),
        ({"repeat": "day", "days": "workdays", "shift": "later"}, "DAYS:workdays\nSHIFT:later"),
        ({"repeat": "day", "days": "last_of_month"}, "RRULE:FREQ=MONTHLY\nDAYS:last_of_month"),
        ({"repeat": "day", "ends": "until", "until_day": "2026-12-20"}, "UNTIL:20261220T235959"),
        ({"repeat": "day", "ends": "count", "count": "5"}, "COUNT:5"),
    ],
)
def test_what_is_chosen_becomes_this_rule(typed: dict[str, str], rule: str) -> None:
    form = form_of(**typed)
    assert form.is_valid(), form.errors
    assert form.recurrence is not None
    assert rule in rule_text(form.recurrence.rule)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"repeat": "cron"}, "cron"),
        ({"repeat": "cron", "cron": "every day"}, "cron"),
        ({"ends": "until"}, "until_day"),
        ({"ends": "until", "until_day": "2026-12-01"}, "until_day"),
        ({"ends": "count"}, "count"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"date": ""}, "date"),
        ({"days": "workdays", "date": "2027-06-01"}, "days"),
        ({"until_date": "2026-12-20", "until_time": "09:00"}, "until_date"),
        ({"first": "1"}, "first"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(typed: dict[str, str], field: str) -> None:
    form = form_of(**{"repeat": "day", **typed})
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_fields_of_another_choice_are_not_looked_at() -> None:
    form = form_of(when="later", repeat="cron", cron="nonsense", ends="count")
    assert form.is_valid(), form.errors
    assert form.recurrence is None
