"""Each reply counts once for its robot and for all sending, however it comes to be recorded."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from dingtalk.client import Call
from dingtalk.replies import Outcome, classify
from messages.engine.claims import Claimed, claim_due
from messages.engine.recording import Finished, record_finished
from messages.engine.recovery import reap, retry_uncertain
from messages.models import Delivery, DeliveryStatus, EngineState
from messages.tests.engine_parts import make_rules
from robots.encryption import fingerprint
from robots.models import Robot, RobotStatus
from robots.services.keys import rotate_keys
from tests.factories import fake_token, make_delivery

pytestmark = pytest.mark.django_db

OK = '{"errcode":0,"errmsg":"ok"}'
ALL_THROTTLED = '{"errcode":90002,"errmsg":"all interfaces are throttled"}'
THROTTLED = '{"errcode":660026,"errmsg":"sending too many messages per minute"}'
NO_TOKEN = '{"errcode":300005,"errmsg":"token is not exist"}'


def claim(count: int = 1) -> list[Claimed]:
    for _ in range(count):
        make_delivery()
    return claim_due(limit=count, now=timezone.now(), rules=make_rules()).taken


def reply(body: str) -> Outcome:
    return classify(http_status=200, headers={}, body=body.encode(), truncated=False, now_ms=0)


def finished(claimed: Claimed, body: str, *, began_ago: float = 0) -> Finished:
    started_ms = int((timezone.now().timestamp() - began_ago) * 1000)
    return Finished(claimed, Call(reply(body), started_ms, duration_ms=12, masked_url="https://x/***", raw=body))


def record(*done: Finished) -> None:
    record_finished(done, now=timezone.now(), worker="test-worker")


def hold_seconds() -> int:
    hold_until = EngineState.objects.get().hold_until
    assert hold_until is not None
    return round((hold_until - timezone.now()).total_seconds())


def test_all_calls_in_flight_that_dingtalk_throttles_at_once_are_one_throttle() -> None:
    taken = claim(12)
    record(*(finished(claimed, ALL_THROTTLED, began_ago=0.2) for claimed in taken[:6]))
    record(*(finished(claimed, ALL_THROTTLED, began_ago=0.2) for claimed in taken[6:]))
    assert (hold_seconds(), EngineState.objects.get().hold_streak) == (1, 1)


def test_a_call_that_began_after_the_wait_and_is_throttled_again_doubles_it() -> None:
    first, second = claim(2)
    record(finished(first, ALL_THROTTLED))
    EngineState.objects.update(hold_until=timezone.now() - timedelta(seconds=1))
    record(finished(second, ALL_THROTTLED))
    assert hold_seconds() == 2


def test_a_reply_that_is_recorded_twice_silences_its_robot_once() -> None:
    [claimed] = claim()
    done = finished(claimed, THROTTLED)
    record(done)
    record(done)
    robot = Robot.objects.get()
    assert robot.hold_until is not None
    assert robot.silences == 1
    assert round((robot.hold_until - timezone.now()).total_seconds() / 60) == 10


def test_a_reply_about_a_webhook_that_was_replaced_meanwhile_does_not_pause_the_robot() -> None:
    [claimed] = claim()
    Robot.objects.update(token_fingerprint=fingerprint(fake_token()))
    record(finished(claimed, NO_TOKEN))
    assert Robot.objects.get().status == RobotStatus.ACTIVE
    assert Delivery.objects.get().status == DeliveryStatus.FAILED
    assert not Entry.objects.filter(action="robot.paused").exists()


def test_a_throttled_reply_about_a_webhook_that_was_replaced_meanwhile_does_not_silence_the_robot() -> None:
    [claimed] = claim()
    Robot.objects.update(token_fingerprint=fingerprint(fake_token()))
    record(finished(claimed, THROTTLED))
    assert Robot.objects.get().hold_until is None


def test_a_reply_counts_though_the_encryption_key_was_rotated_meanwhile(settings: object) -> None:
    [claimed] = claim()
    newest = base64.urlsafe_b64encode(b"a-newer-key-of-thirty-two-bytes1").decode()
    settings.ENCRYPTION_KEYS = [newest, *settings.ENCRYPTION_KEYS]
    assert sum(batch.rotated for batch in rotate_keys(by=Actor(name="li"))) == 1
    record(finished(claimed, NO_TOKEN))
    assert Robot.objects.get().status == RobotStatus.PAUSED


def test_a_reply_for_a_robot_that_was_deleted_meanwhile_is_on_record() -> None:
    [claimed] = claim()
    Robot.objects.all().delete()
    record(finished(claimed, OK))
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.robot) == (DeliveryStatus.DELIVERED, None)
    assert delivery.attempts.count() == 1


def test_dingtalk_s_late_word_ends_a_retry_that_waits() -> None:
    [claimed] = claim()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    now = timezone.now()
    assert reap(now) == 1
    assert retry_uncertain(now + timedelta(seconds=30)) == 1
    record(finished(claimed, OK))
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.DELIVERED, "delivered")
