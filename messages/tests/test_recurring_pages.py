from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from messages.engine.firing import fire_due
from messages.models import Broadcast, BroadcastStatus, OccurrenceChange
from messages.tests.draft_parts import saved, text_of
from messages.tests.test_launch_pages import page_form, url_of
from messages.tests.test_recurring import at, launched
from tests.factories import make_broadcast, make_robot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official_calendar")]

NOW = at(11, 25, 12)
DAILY = {"when": "repeat", "date": "2026-12-11", "time": "09:00", "zone": "Asia/Shanghai", "repeat": "day"}


@pytest.fixture(autouse=True)
def _a_day_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def test_while_a_rule_is_chosen_the_page_says_it_in_words_and_shows_the_next_twelve_dates(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), **DAILY, days="workdays")
    page = english.post(url_of(draft, "moment/"), form)
    words = text_of(page)
    assert "Every workday at 09:00 (Asia/Shanghai)" in words
    assert len(page.context["dates"].lines) == 12
    assert "Start: first on 2026-12-11 09:00" in words


def test_where_the_calendar_ends_the_dates_end_and_say_so(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), **{**DAILY, "date": "2026-12-28"}, days="workdays")
    words = text_of(english.post(url_of(draft, "moment/"), form))
    assert "Here it stops until the official calendar of 2027 is known. Nothing is guessed." in words


def test_a_rule_that_cannot_be_is_told_at_once(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), **{**DAILY, "repeat": "cron"}, cron="every morning")
    page = english.post(url_of(draft, "moment/"), form)
    assert page.context["dates"] is None
    assert page.context["form"].errors["cron"]


def test_it_is_launched_and_stands_on_its_page_with_rule_dates_and_reasons(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), **{**DAILY, "date": "2026-12-26"}, days="workdays", late_minutes="10")
    response = english.post(url_of(draft), form)
    broadcast = Broadcast.objects.get()
    assert response["Location"] == f"/broadcasts/{broadcast.pk}/"
    assert (broadcast.recurs, broadcast.next_at) == (True, at(12, 28))
    assert broadcast.late_limit == timedelta(minutes=10)
    page = english.get(response["Location"])
    assert "Repeats" in text_of(page)
    assert page.context["series"].dates.first.key == "2026-12-28T09:00:00"


def test_one_date_is_left_out_and_put_back(english):
    broadcast = launched(now=NOW)
    url, key = f"/broadcasts/{broadcast.pk}/", {"key": "2026-11-26T09:00:00"}
    page = english.post(f"{url}dates/skip/", key, follow=True)
    assert "This date is left out." in text_of(page)
    assert "skipped by admin" in text_of(page)
    broadcast.refresh_from_db()
    assert broadcast.next_at == at(11, 27)
    page = english.post(f"{url}dates/restore/", key, follow=True)
    assert "As the rule gives it." in text_of(page)
    assert not OccurrenceChange.objects.exists()


def test_one_date_is_moved_and_what_is_over_is_told_beside_the_field(english):
    broadcast = launched(now=NOW)
    url = f"/broadcasts/{broadcast.pk}/dates/move/"
    assert "2026-11-26 09:00 (Asia/Shanghai)" in text_of(english.get(url, {"key": "2026-11-26T09:00:00"}))
    past = {"key": "2026-11-26T09:00:00", "date": "2026-11-25", "time": "11:00"}
    page = english.post(url, past)
    assert "is already over" in text_of(page)
    page = english.post(url, {**past, "date": "2026-11-26", "time": "15:30"}, follow=True)
    assert page.context["series"].dates.first.at == at(11, 26, 15, 30)
    assert "moved" in text_of(page)


def test_a_date_that_does_not_exist_leads_back_with_a_word(english):
    broadcast = launched(now=NOW)
    for url, way in (
        (f"/broadcasts/{broadcast.pk}/dates/move/?key=x", english.get),
        (f"/broadcasts/{broadcast.pk}/dates/skip/", english.post),
    ):
        assert "There is no such date in this schedule." in text_of(way(url, follow=True))


def test_a_schedule_is_ended_after_a_question(english):
    broadcast = launched(now=NOW)
    url = f"/broadcasts/{broadcast.pk}/end/"
    assert "Nothing more is planned." in text_of(english.get(url))
    page = english.post(url, follow=True)
    assert "Ended: nothing more is planned." in text_of(page)
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.FIRED


def test_what_was_missed_says_so_and_is_sent_now_by_one_press(english):
    broadcast = make_broadcast(
        robots=[make_robot()], planned_at=NOW - timedelta(hours=1), late_limit=timedelta(minutes=30)
    )
    fire_due(timezone.now())
    page = english.get(f"/broadcasts/{broadcast.pk}/")
    assert "It was not sent: nothing ran at its time." in text_of(page)
    english.post(f"/broadcasts/{broadcast.pk}/send-late/")
    broadcast.refresh_from_db()
    assert (broadcast.status, broadcast.next_at) == (BroadcastStatus.SCHEDULED, NOW)


def test_the_page_takes_as_many_queries_for_many_changes_as_for_one(english, django_assert_max_num_queries):
    broadcast = launched(now=NOW)
    for day in range(1, 20):
        key = f"2026-12-{day:02}T09:00:00"
        OccurrenceChange.objects.create(schedule=broadcast.schedule, key=key, kind="skip", by_name="li")
    english.get(f"/broadcasts/{broadcast.pk}/")
    with django_assert_max_num_queries(34):
        english.get(f"/broadcasts/{broadcast.pk}/")
