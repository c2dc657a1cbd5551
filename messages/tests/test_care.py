"""Notices that close by themselves when they are over, and those that rows raise rather than replies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actors import SYSTEM
from messages.engine.care import take_care, tell_silence
from messages.engine.recovery import retry_uncertain
from messages.engine.state import hold_everything, note_tick
from messages.models import DeliveryStatus, Notice, Worker
from messages.notices.kinds import NoticeKind
from messages.notices.raising import raise_notice
from messages.tasks import tick
from messages.tests.test_history import make_attempt
from messages.tests.test_recording import NO_QUOTA, NO_TOKEN, OK, answered
from robots.models import Organisation, Robot, RobotStatus
from robots.services.robots import delete_robot, resume_robot
from tests.factories import make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db

NOW = timezone.now


def open_kinds() -> list[str]:
    return list(Notice.objects.filter(closed_at=None).values_list("kind", flat=True))


def test_the_notice_of_a_paused_robot_is_over_when_a_person_resumes_it() -> None:
    robot = make_robot()
    answered(robot, NO_TOKEN)
    take_care(NOW())
    assert open_kinds() == ["robot_paused_by_reply"]
    resume_robot(robot, by=SYSTEM)
    take_care(NOW())
    notice = Notice.objects.get()
    assert notice.closed_at is not None
    assert notice.closed_by_name == ""


def test_the_notice_of_a_paused_robot_is_over_when_a_test_arrives() -> None:
    robot = make_robot()
    answered(robot, NO_TOKEN)
    answered(robot, OK, is_test=True)
    take_care(NOW())
    assert open_kinds() == []


def test_the_notice_of_a_paused_robot_is_over_when_the_robot_is_deleted() -> None:
    robot = make_robot()
    answered(robot, NO_TOKEN)
    delete_robot(robot, by=SYSTEM)
    take_care(NOW())
    assert open_kinds() == []


def test_only_the_notices_that_are_over_are_closed() -> None:
    robots = [make_robot(), make_robot()]
    for robot in robots:
        answered(robot, NO_TOKEN)
    resume_robot(robots[0], by=SYSTEM)
    take_care(NOW())
    assert list(Notice.objects.filter(closed_at=None).values_list("subject", flat=True)) == [f"robot:{robots[1].pk}"]


def test_the_notice_of_a_used_up_quota_is_over_when_the_month_is() -> None:
    organisation = make_organisation()
    answered(make_robot(organisation=organisation), NO_QUOTA)
    take_care(NOW())
    assert open_kinds() == ["organisation_quota_exhausted"]
    take_care(NOW() + timedelta(days=32))
    assert open_kinds() == []


def test_the_notice_of_a_used_up_quota_is_over_when_a_person_resumes_the_organisation() -> None:
    answered(make_robot(), NO_QUOTA)
    Organisation.objects.update(quota_exhausted_until=None)
    take_care(NOW())
    assert open_kinds() == []


def test_our_clock_is_right_again_when_a_signed_message_is_taken() -> None:
    raise_notice(NoticeKind.CLOCK_OFF, params={"skew": 4000}, at=NOW() - timedelta(seconds=30))
    unsigned, signed = make_robot(), make_robot(secret="SECtest-not-real")
    make_attempt(make_delivery(unsigned), kind="delivered", started_at=NOW())
    take_care(NOW() + timedelta(seconds=1))
    assert open_kinds() == ["clock_off"]
    make_attempt(make_delivery(signed), kind="delivered", started_at=NOW())
    take_care(NOW() + timedelta(seconds=1))
    assert open_kinds() == []


@pytest.mark.parametrize("kind", [NoticeKind.ADDRESS_BANNED, NoticeKind.THROTTLED_EVERYWHERE])
def test_a_hold_of_everything_is_over_when_it_has_been_calm_for_a_while(kind: str) -> None:
    now = NOW()
    hold_everything(now=now, called_at=now, seconds=300, reason=kind)
    raise_notice(kind, params={"minutes": 5}, at=now)
    take_care(now + timedelta(minutes=6))
    assert open_kinds() == [kind]
    take_care(now + timedelta(minutes=16))
    assert open_kinds() == []


def test_deliveries_that_need_a_person_are_one_notice_until_all_are_decided() -> None:
    first = make_delivery(status=DeliveryStatus.UNCERTAIN)
    take_care(NOW())
    assert Notice.objects.get().params == {"count": 1}
    second = make_delivery(status=DeliveryStatus.UNCERTAIN)
    take_care(NOW())
    take_care(NOW())
    notice = Notice.objects.get()
    assert (notice.kind, notice.params, notice.count) == ("uncertain_waiting", {"count": 2}, 1)
    for delivery in (first, second):
        type(delivery).objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED)
    take_care(NOW())
    assert open_kinds() == []


def test_what_is_retried_safely_by_itself_needs_no_person_until_it_is_too_old_for_that() -> None:
    make_delivery(status=DeliveryStatus.UNCERTAIN, due_at=NOW() - timedelta(minutes=11))
    take_care(NOW())
    assert open_kinds() == []
    retry_uncertain(NOW())
    take_care(NOW())
    assert open_kinds() == ["uncertain_waiting"]


def test_a_minute_without_a_tick_is_nothing_to_tell() -> None:
    now = NOW()
    note_tick(now - timedelta(minutes=1))
    tell_silence(now)
    assert not Notice.objects.exists()


def test_a_first_tick_ever_tells_of_no_silence() -> None:
    tell_silence(NOW())
    assert not Notice.objects.exists()


def test_when_ticks_come_back_without_a_worker_in_between_the_silence_is_told() -> None:
    now = NOW()
    note_tick(now - timedelta(minutes=25))
    Worker.objects.create(name="new:1", started_at=now - timedelta(seconds=3), seen_at=now)
    tick()
    notice = Notice.objects.get()
    since, until = notice.params["since"], notice.params["until"]
    assert notice.kind == "worker_silent"
    assert since == (now - timedelta(minutes=25)).isoformat()
    assert until >= now.isoformat()
    tick()
    assert Notice.objects.get().count == 1


def test_a_worker_that_lived_all_the_time_had_no_beat() -> None:
    now = NOW()
    note_tick(now - timedelta(minutes=25))
    Worker.objects.create(name="old:1", started_at=now - timedelta(days=2), seen_at=now - timedelta(seconds=4))
    tell_silence(now)
    assert Notice.objects.get().kind == "beat_silent"


def test_a_silence_that_was_told_for_a_week_is_put_away() -> None:
    now = NOW()
    note_tick(now - timedelta(minutes=25))
    tell_silence(now)
    take_care(now + timedelta(days=6))
    assert open_kinds() == ["worker_silent"]
    take_care(now + timedelta(days=8))
    assert open_kinds() == []


def test_care_costs_four_queries_while_nothing_is_wrong(django_assert_num_queries: object) -> None:
    make_robot(status=RobotStatus.ACTIVE)
    with django_assert_num_queries(4):  # type: ignore[operator]
        take_care(NOW())
    assert Robot.objects.count() == 1
