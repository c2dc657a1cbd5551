"""Notices: one per kind and subject while it is open, closed when it is over or put away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from messages.models import Notice
from messages.notices.kinds import NoticeKind, subject_id
from messages.notices.raising import close_notices, open_notices, raise_notice
from messages.notices.texts import words_of

pytestmark = pytest.mark.django_db


def raised(kind: str, **params: object) -> Notice:
    raise_notice(kind, params=params, at=timezone.now())
    return Notice.objects.get()


def test_what_happens_again_counts_up_and_takes_the_newer_facts() -> None:
    first = timezone.now()
    raise_notice(NoticeKind.ADDRESS_BANNED, params={"minutes": 5}, at=first)
    raise_notice(NoticeKind.ADDRESS_BANNED, params={"minutes": 15}, at=first + timedelta(minutes=7))
    notice = Notice.objects.get()
    assert (notice.count, notice.params) == (2, {"minutes": 15})
    assert (notice.opened_at, notice.last_at) == (first, first + timedelta(minutes=7))


def test_each_subject_has_a_notice_of_its_own() -> None:
    for subject in ("robot:1", "robot:2", "robot:1"):
        raise_notice(NoticeKind.ROBOT_PAUSED, subject=subject, params={}, at=timezone.now())
    assert dict(Notice.objects.values_list("subject", "count")) == {"robot:1": 2, "robot:2": 1}


def test_a_notice_that_was_closed_is_opened_anew_when_it_happens_again() -> None:
    raise_notice(NoticeKind.CLOCK_OFF, params={"skew": 4000}, at=timezone.now())
    assert close_notices(open_notices(NoticeKind.CLOCK_OFF, ""), at=timezone.now(), by_name="li")
    raise_notice(NoticeKind.CLOCK_OFF, params={"skew": 4000}, at=timezone.now())
    assert [notice.closed_by_name for notice in Notice.objects.order_by("pk")] == ["li", ""]


def test_closing_what_is_not_open_says_so() -> None:
    assert not close_notices(open_notices(NoticeKind.CLOCK_OFF, ""), at=timezone.now())


def test_a_subject_names_the_row_that_it_is_about() -> None:
    assert subject_id("robot:12") == 12
    assert subject_id("") is None


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        pytest.param(
            NoticeKind.ROBOT_PAUSED,
            {"robot": "ops", "group": "Night shift", "reason": "sign_mismatch"},
            ["The robot “ops” was paused", "The signature does not fit", "Copy the secret", "A test that arrives"],
            id="a paused robot",
        ),
        pytest.param(
            NoticeKind.QUOTA_EXHAUSTED,
            {"organisation": "Head office", "until": "2026-12-01T00:00:00+08:00"},
            ["The monthly quota of “Head office” is used up", "2026-12-01 00:00 (Asia/Shanghai)", "raise the quota"],
            id="a used-up quota",
        ),
        pytest.param(NoticeKind.CLOCK_OFF, {"skew": 4020}, ["67 minutes ahead", "none was paused"], id="a clock ahead"),
        pytest.param(NoticeKind.CLOCK_OFF, {"skew": -86_400}, ["24 hours behind", "NTP"], id="a clock behind"),
        pytest.param(NoticeKind.CLOCK_OFF, {"skew": None}, ["The clock of this server is wrong"], id="a clock, untold"),
        pytest.param(NoticeKind.ADDRESS_BANNED, {"minutes": 5}, ["for 5 minutes", "goes on by itself"], id="a ban"),
        pytest.param(NoticeKind.THROTTLED_EVERYWHERE, {}, ["no calls for the moment"], id="throttled everywhere"),
        pytest.param(NoticeKind.UNCERTAIN_WAITING, {"count": 1}, ["1 delivery needs your decision"], id="one"),
        pytest.param(NoticeKind.UNCERTAIN_WAITING, {"count": 7}, ["7 deliveries need"], id="several"),
        pytest.param(
            NoticeKind.WORKER_SILENT,
            {"since": "2026-11-24T10:00:00+08:00", "until": "2026-11-24T10:25:00+08:00"},
            ["for 25 minutes, from 2026-11-24 10:00 (Asia/Shanghai)", "no worker was running", "goes out late"],
            id="no worker",
        ),
        pytest.param(
            NoticeKind.BEAT_SILENT,
            {"since": "2026-11-24T10:00:00+08:00", "until": "2026-11-24T13:00:00+08:00"},
            ["for 3 hours", "a worker was running", "logs of beat"],
            id="no beat",
        ),
    ],
)
def test_every_kind_says_what_happened_and_what_to_do(kind: str, params: dict[str, object], said: list[str]) -> None:
    with override("en"):
        words = words_of(raised(kind, **params))
    assert words.advice
    assert [part for part in said if part not in f"{words.title} {words.advice}"] == []


def test_a_kind_of_another_version_is_shown_by_its_name() -> None:
    assert words_of(raised("meteor_strike")).title == "meteor_strike"
