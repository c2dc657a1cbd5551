from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import translation
from django.utils.html import strip_tags

from dingadmin.templatetags.moments import describe, distance

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def rendered(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "in a moment"),
        (timedelta(minutes=5), "in 5 min"),
        (timedelta(minutes=59, seconds=40), "in 1 hour"),
        (timedelta(hours=23), "in 23 hours"),
        (timedelta(hours=23, minutes=45), "in 1 day"),
        (timedelta(days=59), "in 59 days"),
        (timedelta(days=90), "in 3 months"),
        (timedelta(days=800), "in 2 years"),
        (timedelta(), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=-1), "1 min ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=-400), "13 months ago"),
    ],
    ids=str,
)
def test_a_distance_in_time_is_said_in_one_rounded_unit(span: timedelta, words: str) -> None:
    with translation.override("en"):
        assert distance(span) == words


def test_a_moment_is_told_on_the_clocks_of_its_zone() -> None:
    with translation.override("en"):
        moment = describe(NOW + timedelta(minutes=5), zone=SHANGHAI, now=NOW)

    assert moment.clock == "2026-11-24 18:05"
    assert moment.zone == "Asia/Shanghai"
    assert moment.iso == "2026-11-24T18:05:00+08:00"
    assert moment.distance == "in 5 min"


def test_a_moment_on_a_page_carries_the_machine_readable_time_and_the_zone() -> None:
    html = rendered('{% when moment "Asia/Shanghai" %}', moment=NOW)

    assert '<time class="when" datetime="2026-11-24T18:00:00+08:00">' in html
    assert "2026-11-24 18:00 (Asia/Shanghai)" in strip_tags(html)


def test_a_brief_moment_keeps_the_zone_in_its_title() -> None:
    html = rendered('{% when moment "Asia/Shanghai" brief=True %}', moment=NOW)

    assert 'title="2026-11-24 18:00 (Asia/Shanghai)"' in html
    assert ">2026-11-24 18:00<" in html


def test_no_moment_is_a_dash() -> None:
    assert "—" in rendered("{% when None %}")
