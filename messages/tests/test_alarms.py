"""Which replies are told to people: notices, and robots paused after refusal upon refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import Entry
from dingtalk.replies import Outcome, classify
from messages.engine.alarms import sound_alarms
from messages.engine.giving_up import give_up_unsendable
from messages.models import DeliveryStatus, Notice
from messages.tests.test_recording import NO_QUOTA, NO_TOKEN, OK, answered, claim_one, finish, reply
from robots.models import Robot, RobotStatus
from tests.factories import make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db

BANNED = '{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"xxx"}'
BLOCKED = '{"errcode":90002,"errmsg":"当前接口的所有请求都被暂时禁用了"}'
NO_SIGN = '{"errcode":310000,"errmsg":"sign not match"}'
NO_IP = '{"errcode":310000,"errmsg":"ip 203.0.113.9 not in whitelist"}'
ODD_RULE = '{"errcode":310000,"errmsg":"something new"}'
NO_TIME = '{"errcode":310000,"errmsg":"invalid timestamp"}'
NO_KEYWORD = '{"errcode":310000,"errmsg":"keywords not in content"}'


def refused_before(robot: Robot, *minutes_ago: int, reason: str = "sign_mismatch", **fields: object) -> None:
    """Deliveries of different broadcasts that the robot refused so long ago."""
    for minutes in minutes_ago:
        ended_at = timezone.now() - timedelta(minutes=minutes)
        values = {"status": DeliveryStatus.FAILED, "reason": reason, "ended_at": ended_at, "errcode": 310000, **fields}
        make_delivery(robot, **values)


def refused_for_time(robot: Robot, *, skew: int) -> None:
    """DingTalk's clock and ours differ by `skew` seconds; its reply tells so."""
    now_ms = 1_800_000_000_000
    headers = {"Date": "Fri, 15 Jan 2027 08:00:00 GMT"}  # the same moment
    outcome: Outcome = classify(
        http_status=200, headers=headers, body=NO_TIME.encode(), truncated=False, now_ms=now_ms + skew * 1000
    )
    finish(claim_one(make_delivery(robot)), outcome)


def status_of(robot: Robot) -> tuple[str, str]:
    robot.refresh_from_db()
    return robot.status, robot.paused_reason


def test_a_robot_that_a_reply_pauses_is_told_once() -> None:
    robot = make_robot("ops", group_name="Night shift")
    answered(robot, NO_TOKEN)
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject, notice.count) == ("robot_paused_by_reply", f"robot:{robot.pk}", 1)
    assert notice.params == {"robot": "ops", "group": "Night shift", "reason": "token_unknown"}


def test_a_test_of_a_paused_robot_that_fails_again_opens_no_second_notice() -> None:
    robot = make_robot()
    answered(robot, NO_TOKEN)
    answered(robot, NO_TOKEN, is_test=True)
    assert Notice.objects.get().count == 1


def test_a_used_up_quota_is_told_per_organisation() -> None:
    organisation = make_organisation("Head office 2")
    answered(make_robot(organisation=organisation), NO_QUOTA)
    notice = Notice.objects.get()
    organisation.refresh_from_db()
    assert (notice.kind, notice.subject) == ("organisation_quota_exhausted", f"organisation:{organisation.pk}")
    assert notice.params == {
        "organisation": "Head office 2",
        "until": organisation.quota_exhausted_until and organisation.quota_exhausted_until.isoformat(),
    }


def test_a_ban_is_told_with_its_minutes() -> None:
    answered(None, BANNED)
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject, notice.params) == ("address_banned", "", {"minutes": 5})


def test_a_throttle_of_everything_is_told() -> None:
    answered(None, BLOCKED)
    assert Notice.objects.get().kind == "throttled_everywhere"


@pytest.mark.parametrize("body", [OK, NO_KEYWORD, NO_SIGN, NO_TIME, '{"errcode":-1}'])
def test_what_concerns_one_message_or_happens_once_raises_no_notice(body: str) -> None:
    answered(make_robot(), body)
    assert not Notice.objects.exists()


def test_five_robots_refused_for_their_timestamps_are_one_notice_about_our_own_clock() -> None:
    robots = [make_robot(secret="SECtest-not-real") for _number in range(6)]
    for robot in robots[:4]:
        refused_for_time(robot, skew=-3700)
    assert not Notice.objects.exists()
    for robot in robots[4:]:
        refused_for_time(robot, skew=-3720)
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject, notice.count, notice.params) == ("clock_off", "", 2, {"skew": -3720})
    assert set(Robot.objects.values_list("status", flat=True)) == {RobotStatus.ACTIVE}


def test_one_robot_refused_for_its_timestamp_five_times_is_no_matter_of_our_clock() -> None:
    robot = make_robot(secret="SECtest-not-real")
    for _number in range(5):
        refused_for_time(robot, skew=-3700)
    assert not Notice.objects.exists()
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


@pytest.mark.parametrize(
    ("body", "reason"),
    [(NO_SIGN, "sign_mismatch"), (NO_IP, "ip_not_allowed"), (ODD_RULE, "security_unknown")],
    ids=["secret", "address", "unknown rule"],
)
def test_the_third_refused_broadcast_in_ten_minutes_pauses_the_robot_for_that_reason(body: str, reason: str) -> None:
    robot = make_robot()
    refused_before(robot, 11, 5, reason=reason)
    answered(robot, body)
    assert status_of(robot) == (RobotStatus.PAUSED, reason)
    assert Notice.objects.get().params["reason"] == reason
    assert Entry.objects.get(action="robot.paused").detail == {"reason": reason}


def test_two_refused_broadcasts_pause_nothing() -> None:
    robot = make_robot()
    refused_before(robot, 60)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_three_refusals_within_ten_minutes_pause_nothing() -> None:
    robot = make_robot()
    refused_before(robot, 9, 5)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_sending_the_same_broadcast_again_does_not_inflate_the_count() -> None:
    robot, run = make_robot(), make_run()
    for number in range(3):
        again = make_run(run.broadcast, planned_at=run.planned_at + timedelta(seconds=number + 1))
        refused_before(robot, 30, run=again)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_a_delivery_that_arrived_begins_the_count_anew() -> None:
    robot = make_robot()
    refused_before(robot, 60, 50, 40)
    make_delivery(robot, status=DeliveryStatus.DELIVERED, errcode=0)
    refused_before(robot, 30)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")
    refused_before(robot, 20)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.PAUSED, "sign_mismatch")


@pytest.mark.parametrize("reason", ["timestamp_invalid", "keyword_missing", "too_long"])
def test_refusals_that_are_not_the_robot_s_fault_do_not_count(reason: str) -> None:
    robot = make_robot()
    refused_before(robot, 60, 50, 40, reason=reason)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_tests_do_not_count_for_they_are_how_a_robot_is_mended() -> None:
    robot = make_robot()
    refused_before(robot, 60, 50, 40, is_test=True)
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_another_robot_s_refusals_do_not_count() -> None:
    refused_before(make_robot(), 60, 50, 40)
    robot = make_robot()
    answered(robot, NO_SIGN)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_how_many_and_how_long_are_settings(settings: object) -> None:
    settings.PAUSE_AFTER_BROADCASTS, settings.PAUSE_AFTER_SECONDS = 1, 0  # type: ignore[attr-defined]
    robot = make_robot()
    answered(robot, NO_IP)
    assert status_of(robot) == (RobotStatus.PAUSED, "ip_not_allowed")


def test_what_waits_for_a_robot_that_was_paused_so_fails_with_that_reason_and_a_test_brings_it_back() -> None:
    robot = make_robot()
    refused_before(robot, 60, 50)
    claimed = claim_one(make_delivery(robot))
    waiting = make_delivery(robot)
    finish(claimed, reply(NO_SIGN))
    give_up_unsendable(timezone.now(), simulator=True)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == (DeliveryStatus.FAILED, "robot_paused:sign_mismatch")
    answered(robot, OK, is_test=True)
    assert status_of(robot) == (RobotStatus.ACTIVE, "")


def test_what_was_delivered_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        sound_alarms([(1, reply(OK)), (2, reply(OK))], now=timezone.now())
