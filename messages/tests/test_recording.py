from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from dingtalk.client import Call
from dingtalk.replies import Outcome, ReasonKey, classify, failure
from messages.engine.claims import Claimed, claim_due
from messages.engine.recording import Finished, record_finished
from messages.engine.state import may_send
from messages.models import Attempt, Delivery, DeliveryStatus, EngineState
from messages.tests.engine_parts import make_rules
from robots.models import Robot, RobotStatus
from tests.factories import make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db


def claim_one(delivery: Delivery) -> Claimed:
    now = timezone.now() + timedelta(milliseconds=50)
    (claimed,) = claim_due(limit=10, now=now, rules=make_rules()).taken
    assert claimed.delivery_id == delivery.pk
    return claimed


def reply(body: str, http_status: int = 200) -> Outcome:
    return classify(http_status=http_status, headers={}, body=body.encode(), truncated=False, now_ms=0)


def finish(claimed: Claimed, outcome: Outcome, *, raw: str = "") -> None:
    started_ms = int(timezone.now().timestamp() * 1000)
    call = Call(outcome=outcome, started_ms=started_ms, duration_ms=12, masked_url="https://x/***", raw=raw)
    record_finished([Finished(claimed, call)], now=timezone.now(), worker="test-worker")


def answered(robot: Robot | None, body: str, *, is_test: bool = False) -> Delivery:
    delivery = make_delivery(robot, is_test=is_test)
    finish(claim_one(delivery), reply(body), raw=body)
    delivery.refresh_from_db()
    return delivery


OK = '{"errcode":0,"errmsg":"ok"}'
THROTTLED = '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}'
NO_TOKEN = '{"errcode":300005,"errmsg":"token is not exist"}'
NO_KEYWORD = '{"errcode":310000,"errmsg":"keywords not in content"}'
NO_QUOTA = '{"errcode":90030,"errmsg":"webhook over limit"}'


def test_a_success_is_on_record_with_its_attempt_and_on_the_robot() -> None:
    robot = make_robot()
    delivery = answered(robot, OK)
    robot.refresh_from_db()
    assert (delivery.status, delivery.errcode) == (DeliveryStatus.DELIVERED, 0)
    assert delivery.ended_at is not None
    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.kind, attempt.http_status, attempt.raw) == (1, "delivered", 200, OK)
    assert attempt.token_fingerprint == robot.token_fingerprint
    assert (robot.last_kind, robot.last_duration_ms) == ("delivered", 12)


def test_a_throttled_robot_is_silent_for_ten_minutes_and_keeps_its_queue() -> None:
    robot = make_robot()
    delivery = answered(robot, THROTTLED)
    robot.refresh_from_db()
    assert (delivery.status, delivery.tries) == (DeliveryStatus.WAITING, 0)
    assert robot.hold_until is not None
    assert timedelta(minutes=9) < robot.hold_until - timezone.now() <= timedelta(minutes=10)
    assert (robot.status, robot.hold_reason) == (RobotStatus.ACTIVE, "throttled")


def test_a_dead_token_pauses_the_robot_on_record() -> None:
    robot = make_robot()
    delivery = answered(robot, NO_TOKEN)
    robot.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "token_unknown")
    assert (robot.status, robot.paused_reason) == (RobotStatus.PAUSED, "token_unknown")
    entry = Entry.objects.get(action="robot.paused")
    assert (entry.actor_name, entry.target_label) == ("system", robot.name)


def test_a_missing_keyword_fails_the_message_and_leaves_the_robot_alone() -> None:
    robot = make_robot()
    delivery = answered(robot, NO_KEYWORD)
    robot.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "keyword_missing")
    assert robot.status == RobotStatus.ACTIVE


def test_a_used_up_quota_stops_the_organisation_until_next_month() -> None:
    organisation = make_organisation()
    answered(make_robot(organisation=organisation), NO_QUOTA)
    organisation.refresh_from_db()
    assert organisation.quota_exhausted_until is not None
    assert organisation.quota_exhausted_until > timezone.now()
    assert Entry.objects.filter(action="organisation.stopped").count() == 1


def test_a_successful_test_brings_a_robot_back_that_a_reply_had_paused() -> None:
    robot = make_robot(status=RobotStatus.PAUSED, paused_reason="token_unknown")
    answered(robot, OK, is_test=True)
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason) == (RobotStatus.ACTIVE, "")


def test_a_successful_test_leaves_a_robot_paused_that_a_person_had_paused() -> None:
    robot = make_robot(status=RobotStatus.PAUSED, paused_reason="by_person")
    answered(robot, OK, is_test=True)
    robot.refresh_from_db()
    assert robot.status == RobotStatus.PAUSED


def test_a_ban_of_our_address_holds_everything_for_the_minutes_it_names() -> None:
    answered(None, '{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"xxx"}')
    now = timezone.now()
    assert not may_send(now + timedelta(minutes=4))
    assert may_send(now + timedelta(minutes=6))


def test_when_dingtalk_throttles_everything_the_wait_doubles_until_a_delivery_succeeds() -> None:
    waits = []
    for _ in range(3):
        answered(None, '{"errcode":90002,"errmsg":"all interfaces are throttled"}')
        state = EngineState.objects.get()
        waits.append(round((state.hold_until - timezone.now()).total_seconds()))
        EngineState.objects.update(hold_until=None)
    assert waits == [1, 2, 4]
    answered(None, OK)
    assert EngineState.objects.get().hold_streak == 0


def test_the_second_throttled_reply_in_a_row_doubles_the_silence_and_a_delivery_ends_the_row() -> None:
    robot = make_robot()
    minutes = []
    for _ in range(4):
        answered(robot, THROTTLED)
        robot.refresh_from_db()
        minutes.append(round((robot.hold_until - timezone.now()).total_seconds() / 60))
        Robot.objects.update(hold_until=None)
        Delivery.objects.update(status=DeliveryStatus.FAILED, ended_at=timezone.now())
    assert minutes == [10, 20, 40, 60]
    answered(robot, OK)
    robot.refresh_from_db()
    assert robot.silences == 0


def test_a_reply_that_comes_after_the_lease_keeps_its_attempt_and_settles_what_nobody_knew() -> None:
    delivery = make_delivery()
    claimed = claim_one(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.UNCERTAIN, lease_until=None)
    Attempt.objects.create(
        delivery=delivery, number=1, started_at=timezone.now(), duration_ms=0, kind="uncertain", reason="worker_died"
    )
    finish(claimed, reply(OK), raw=OK)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DELIVERED
    assert list(delivery.attempts.order_by("number").values_list("number", "kind")) == [
        (1, "uncertain"),
        (2, "delivered"),
    ]


def test_a_late_refusal_does_not_move_what_has_been_claimed_again() -> None:
    delivery = make_delivery()
    claimed = claim_one(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.WAITING)
    claim_one(delivery)
    finish(claimed, reply(NO_KEYWORD))
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.SENDING


def test_a_read_timeout_is_uncertain_and_shows_when_it_is_tried_again() -> None:
    delivery = make_delivery()
    finish(claim_one(delivery), failure(ReasonKey.READ_TIMEOUT))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason, delivery.uncertain_tries) == ("uncertain", "read_timeout", 1)
    assert delivery.due_at is not None


def test_an_attempt_tells_how_far_our_clock_is_behind() -> None:
    assert Attempt(clock_skew_seconds=-90).clock_behind_seconds == 90
    assert Attempt(clock_skew_seconds=90).clock_behind_seconds == 0


def test_what_was_committed_although_the_connection_broke_is_not_recorded_again() -> None:
    delivery = make_delivery()
    claimed = claim_one(delivery)
    call = Call(outcome=reply(OK), started_ms=1_700_000_000_123, duration_ms=12, masked_url="https://x/***", raw=OK)
    for _ in range(2):
        record_finished([Finished(claimed, call)], now=timezone.now(), worker="test-worker")
    assert Attempt.objects.filter(delivery=delivery).count() == 1
