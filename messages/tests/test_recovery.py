from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from messages.engine.giving_up import give_up_unsendable
from messages.engine.recovery import reap, retry_uncertain
from messages.models import Attempt, Broadcast, BroadcastStatus, DeliveryStatus, UncertainPolicy
from robots.models import PauseReason, Robot, RobotStatus
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db


def lost_call(*, policy: str = UncertainPolicy.RETRY_SAFELY) -> object:
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED, uncertain_policy=policy))
    claimed_at = timezone.now() - timedelta(seconds=70)
    return make_delivery(
        run=run,
        status=DeliveryStatus.SENDING,
        claimed_at=claimed_at,
        lease_until=timezone.now() - timedelta(seconds=10),
        calls=1,
        worker="dead-worker",
    )


def test_a_call_whose_worker_died_becomes_uncertain_with_an_attempt_that_says_so() -> None:
    delivery = lost_call()
    assert reap(timezone.now()) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.UNCERTAIN, "worker_died")
    attempt = Attempt.objects.get(delivery=delivery)
    assert (attempt.kind, attempt.number, attempt.worker) == ("uncertain", 1, "dead-worker")
    assert attempt.token_fingerprint == delivery.robot.token_fingerprint


def test_a_call_whose_lease_still_runs_is_left_alone() -> None:
    make_delivery(status=DeliveryStatus.SENDING, lease_until=timezone.now() + timedelta(seconds=10))
    assert reap(timezone.now()) == 0


def test_what_is_uncertain_goes_out_again_under_the_same_msg_uuid() -> None:
    delivery = lost_call()
    msg_uuid = delivery.msg_uuid
    reap(timezone.now())
    assert retry_uncertain(timezone.now() + timedelta(seconds=30)) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.msg_uuid) == (DeliveryStatus.WAITING, msg_uuid)


def test_by_the_policy_ask_me_nothing_goes_out_again_by_itself() -> None:
    delivery = lost_call(policy=UncertainPolicy.ASK)
    reap(timezone.now())
    assert retry_uncertain(timezone.now() + timedelta(minutes=5)) == 0
    delivery.refresh_from_db()
    assert (delivery.status, delivery.due_at) == (DeliveryStatus.UNCERTAIN, None)


def test_after_a_long_downtime_a_person_decides_for_dingtalk_may_have_forgotten_the_msg_uuid() -> None:
    delivery = lost_call()
    reap(timezone.now())
    assert retry_uncertain(timezone.now() + timedelta(hours=2)) == 0
    delivery.refresh_from_db()
    assert (delivery.status, delivery.due_at) == (DeliveryStatus.UNCERTAIN, None)


def test_what_is_uncertain_of_a_cancelled_broadcast_is_not_sent_again() -> None:
    lost_call()
    reap(timezone.now())
    Broadcast.objects.update(status=BroadcastStatus.CANCELLED)
    assert retry_uncertain(timezone.now() + timedelta(seconds=30)) == 0


def test_what_waits_for_a_paused_robot_fails_with_that_reason() -> None:
    delivery = make_delivery(make_robot(status=RobotStatus.PAUSED, paused_reason="token_unknown"))
    test = make_delivery(delivery.robot, is_test=True)
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    test.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "robot_paused:token_unknown")
    assert test.status == DeliveryStatus.WAITING


def test_what_waits_for_a_robot_that_a_person_paused_says_only_that_it_is_paused() -> None:
    delivery = make_delivery(make_robot(status=RobotStatus.PAUSED, paused_reason=PauseReason.BY_PERSON))
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "robot_paused")


def test_what_waits_for_a_deleted_robot_fails_with_that_reason() -> None:
    delivery = make_delivery()
    Robot.objects.all().delete()
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "robot_deleted")


def test_what_waits_for_an_organisation_without_quota_fails_with_that_reason() -> None:
    organisation = make_organisation(quota_exhausted_until=timezone.now() + timedelta(days=3))
    delivery = make_delivery(make_robot(organisation=organisation))
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "quota_exhausted")


def test_what_waits_for_a_simulated_robot_fails_once_the_simulator_is_gone() -> None:
    delivery = make_delivery(make_robot(organisation=make_organisation(simulated=True)))
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.WAITING
    give_up_unsendable(timezone.now(), simulator=False)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "simulator_off")


def test_a_call_that_came_back_to_the_queue_after_the_cancel_is_cancelled() -> None:
    delivery = make_delivery(run=make_run(make_broadcast(status=BroadcastStatus.CANCELLED)))
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.CANCELLED, "cancelled")


def test_what_still_waits_past_its_useful_until_expires() -> None:
    delivery = make_delivery(useful_until=timezone.now() - timedelta(seconds=1))
    fresh = make_delivery(useful_until=timezone.now() + timedelta(hours=1))
    give_up_unsendable(timezone.now(), simulator=True)
    delivery.refresh_from_db()
    fresh.refresh_from_db()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.EXPIRED, "expired")
    assert fresh.status == DeliveryStatus.WAITING
