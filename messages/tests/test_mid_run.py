"""What is changed while a run goes out: tokens, secrets, robots and keys; over a real socket."""

from __future__ import annotations

import base64

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.actors import Actor
from dingtalk.secrets import Secret
from messages.engine.firing import fire_due
from messages.engine.giving_up import give_up_unsendable
from messages.history.progress import progress_of
from messages.models import Broadcast, Delivery, DeliveryStatus, Run
from messages.reasons import explain
from messages.tests.simulated import make_pair, send
from robots.models import Organisation, Robot, RobotStatus
from robots.services.credentials import KEEP, NewSecret, TokenTakenError, refuse_taken, replace_credentials
from robots.services.keys import rotate_keys
from robots.services.robots import delete_robot
from simulator.models import ChatMessage, Group, LoggedCall
from tests.factories import fake_token, make_broadcast, make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

LI = Actor(name="li")
ANOTHER_SECRET = "SECanother-test-secret"
ANOTHER_KEY = base64.urlsafe_b64encode(b"a-newer-key-of-thirty-two-bytes1").decode()


@pytest.fixture
def organisation(simulator: str) -> Organisation:
    return make_organisation(simulated=True)


@pytest.fixture
def pair(organisation: Organisation) -> tuple[Robot, Group]:
    """Its first message has arrived, the rest of the run is still to come."""
    robot, group = make_pair(organisation)
    make_delivery(robot)
    assert send() == 1
    return robot, group


def outcomes(*deliveries: Delivery) -> list[tuple[str, str]]:
    for delivery in deliveries:
        delivery.refresh_from_db()
        assert not delivery.reason or str(explain(delivery.reason).title)
    return [(delivery.status, delivery.reason) for delivery in deliveries]


def replace_in_robot(robot: Robot, *, token: str = "", secret: NewSecret = KEEP) -> None:
    replace_credentials(robot, token=Secret(token) if token else None, secret=secret)
    robot.save()


def in_chat(group: Group) -> list[str]:
    return list(ChatMessage.objects.filter(group=group).order_by("pk").values_list("msg_uuid", flat=True))


def test_a_webhook_that_is_reset_in_dingtalk_alone_pauses_the_robot_and_the_rest_fails_with_that_reason(
    pair: tuple[Robot, Group],
) -> None:
    robot, group = pair
    first, rest = make_delivery(robot), make_delivery(robot)
    Group.objects.filter(pk=group.pk).update(token=fake_token())
    send()
    give_up_unsendable(timezone.now(), simulator=True)
    assert outcomes(first, rest) == [
        (DeliveryStatus.FAILED, "token_unknown"),
        (DeliveryStatus.FAILED, "robot_paused:token_unknown"),
    ]


def test_what_waits_goes_out_under_a_webhook_that_is_replaced_on_both_sides(pair: tuple[Robot, Group]) -> None:
    robot, group = pair
    waits, token = make_delivery(robot), fake_token()
    Group.objects.filter(pk=group.pk).update(token=token)
    replace_in_robot(robot, token=token)
    send()
    assert outcomes(waits) == [(DeliveryStatus.DELIVERED, "delivered")]
    assert f"access_token={token}" in LoggedCall.objects.latest("pk").url


def test_a_secret_that_is_changed_in_dingtalk_alone_fails_with_that_reason(pair: tuple[Robot, Group]) -> None:
    robot, group = pair
    waits = make_delivery(robot)
    Group.objects.filter(pk=group.pk).update(secret=ANOTHER_SECRET)
    send()
    assert outcomes(waits) == [(DeliveryStatus.FAILED, "sign_mismatch")]


def test_what_waits_is_signed_with_the_secret_of_the_moment_of_its_call(pair: tuple[Robot, Group]) -> None:
    robot, group = pair
    waits = make_delivery(robot)
    Group.objects.filter(pk=group.pk).update(secret=ANOTHER_SECRET)
    replace_in_robot(robot, secret=Secret(ANOTHER_SECRET))
    send()
    assert outcomes(waits) == [(DeliveryStatus.DELIVERED, "delivered")]


def test_what_waits_for_a_robot_that_is_deleted_fails_with_that_reason_and_keeps_its_name(
    pair: tuple[Robot, Group],
) -> None:
    robot, group = pair
    waits = make_delivery(robot)
    delete_robot(robot, by=LI)
    assert send() == 0
    give_up_unsendable(timezone.now(), simulator=True)
    assert outcomes(waits) == [(DeliveryStatus.FAILED, "robot_deleted")]
    assert waits.robot_name == "ops"
    assert len(in_chat(group)) == 1


def test_robots_whose_encryption_key_is_removed_fail_with_that_reason_and_the_others_go_out(
    pair: tuple[Robot, Group], organisation: Organisation, settings: object
) -> None:
    robot, _group = pair
    unreadable = make_delivery(robot)
    settings.ENCRYPTION_KEYS = [ANOTHER_KEY]
    other, _other_group = make_pair(organisation, "readable")
    readable = make_delivery(other)
    send()
    assert outcomes(unreadable, readable) == [
        (DeliveryStatus.FAILED, "key_missing"),
        (DeliveryStatus.DELIVERED, "delivered"),
    ]


def test_a_rotation_of_the_encryption_key_keeps_the_minute_of_every_robot(
    pair: tuple[Robot, Group], settings: object
) -> None:
    robot, group = pair
    waits = make_delivery(robot)
    settings.ENCRYPTION_KEYS = [ANOTHER_KEY, *settings.ENCRYPTION_KEYS]
    assert sum(batch.rotated for batch in rotate_keys(by=LI)) == 1
    assert send() == 0, "the new window knows nothing of the calls of the last minute"
    Robot.objects.update(hold_until=None)
    assert send() == 1
    assert in_chat(group)[-1] == str(waits.msg_uuid)


def test_a_robot_that_a_person_pauses_keeps_the_rest_from_going_out(pair: tuple[Robot, Group]) -> None:
    robot, _group = pair
    waits = make_delivery(robot)
    Robot.objects.update(status=RobotStatus.PAUSED, paused_reason="by_person", paused_at=timezone.now())
    assert send() == 0
    give_up_unsendable(timezone.now(), simulator=True)
    assert outcomes(waits) == [(DeliveryStatus.FAILED, "robot_paused")]


def test_two_robots_with_one_token_share_its_minute(organisation: Organisation) -> None:
    """There are never two at once: but a robot may be deleted, and its webhook given to another."""
    robot, group = make_pair(organisation)
    for _ in range(10):
        make_delivery(robot)
    assert send() == 10
    with pytest.raises(TokenTakenError):
        refuse_taken(Secret(group.token))
    delete_robot(robot, by=LI)
    again = make_robot("again", token=group.token, secret=group.secret, organisation=organisation)
    for _ in range(15):
        make_delivery(again)
    assert send() == 8
    assert len(in_chat(group)) == 18


def test_tests_and_retries_count_in_the_minute_like_everything_else(organisation: Organisation) -> None:
    robot, group = make_pair(organisation)
    for number in range(25):
        make_delivery(robot, is_test=number % 2 == 0, tries=number % 3)
    assert send() == 18
    assert len(in_chat(group)) == 18


def test_a_run_without_robots_has_nothing_to_send_and_says_so(organisation: Organisation, staff_client: Client) -> None:
    broadcast = make_broadcast(robots=[])
    assert fire_due(timezone.now()) == 1
    assert send() == 0
    assert Run.objects.get(broadcast=broadcast).deliveries.count() == 0
    assert progress_of([broadcast.pk])[broadcast.pk].total == 0
    staff_client.cookies["django_language"] = "en"
    page = staff_client.get(reverse("broadcasts:broadcast_detail", args=[broadcast.pk])).content.decode()
    assert "Nothing sent" in page
    assert Broadcast.objects.get().status == "fired"
