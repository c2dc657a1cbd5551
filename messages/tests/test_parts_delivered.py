"""Messages in parts on their way to a group, over a real socket."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.utils import timezone

from audit.actors import Actor
from dingtalk.payloads import NOBODY, At, Text
from messages.engine.firing import fire
from messages.engine.giving_up import give_up_unsendable
from messages.engine.recovery import retry_uncertain
from messages.history.chosen import Chosen
from messages.models import Delivery, DeliveryStatus, UncertainPolicy
from messages.services.launch import launch
from messages.services.resend import resend
from messages.services.resend_plan import Including
from messages.tests.engine_parts import make_pump
from messages.tests.test_pump import make_pair
from robots.models import Organisation, Robot
from simulator.models import ChatMessage, Fault, FaultKind, Group, LoggedCall
from tests.factories import make_delivery, make_organisation

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

TEXT = "\n\n".join(f"{number}. {'各位同事，请按时提交材料。' * 20}" for number in range(60))
LI = Actor(name="li")


@pytest.fixture
def organisation(simulator: str) -> Organisation:
    return make_organisation(simulated=True)


def fired(robot: Robot, *, at: At = NOBODY, policy: str = UncertainPolicy.RETRY_SAFELY) -> list[Delivery]:
    broadcast = launch(
        message=Text(TEXT),
        at=at,
        robots=[robot],
        name="long",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone=settings.TIME_ZONE,
        uncertain_policy=policy,
        split=True,
    )
    fire(broadcast.pk, now=timezone.now())
    return list(Delivery.objects.filter(run__broadcast=broadcast).order_by("pk"))


def beginnings(group: Group) -> list[str]:
    messages = ChatMessage.objects.filter(group=group).order_by("pk")
    return [message.message["text"]["content"].split("\n")[0] for message in messages]


def states(deliveries: list[Delivery]) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).order_by("pk")
    return list(rows.values_list("status", "reason"))


def test_the_parts_arrive_one_after_the_other_before_what_comes_after_them(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "ordered", keywords=[])
    deliveries = fired(robot, at=At(mobiles=("13800001234",)))
    later = make_delivery(robot)
    assert make_pump(window=8).run() == len(deliveries) + 1
    assert {status for status, _reason in states([*deliveries, later])} == {DeliveryStatus.DELIVERED}
    assert beginnings(group) == ["(1/3)", "(2/3)", "(3/3)", "Drill at three."]
    sizes = [len(bytes(call.body)) for call in LoggedCall.objects.filter(group=group)]
    assert max(sizes) <= 20_000


def test_a_part_that_is_refused_keeps_back_those_after_it_until_they_are_sent_again(
    organisation: Organisation,
) -> None:
    robot, group = make_pair(organisation, "refusing")
    deliveries = fired(robot)
    Fault.objects.create(group=group, kind=FaultKind.ERRCODE, errcode=430101, errmsg="unsafe link", remaining=1)
    make_pump().run()
    give_up_unsendable(timezone.now(), simulator=True)
    assert make_pump().run() == 0
    assert [status for status, _reason in states(deliveries)] == [DeliveryStatus.FAILED] * 3
    assert [reason for _status, reason in states(deliveries)][1:] == ["earlier_part"] * 2
    assert beginnings(group) == []

    resend(Chosen(deliveries=(deliveries[0].pk,)), including=Including(), key=uuid.uuid4(), by=LI)
    make_pump().run()
    assert beginnings(group) == ["(1/3)", "(2/3)", "(3/3)"]


def test_a_part_that_is_retried_safely_keeps_back_those_after_it_and_nobody_else(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "dropping")
    deliveries = fired(robot)
    Fault.objects.create(group=group, kind=FaultKind.DROP_AFTER_ACCEPT, remaining=1)
    make_pump().run()
    give_up_unsendable(timezone.now(), simulator=True)
    assert [status for status, _reason in states(deliveries)] == ["uncertain", "waiting", "waiting"]

    due_at = Delivery.objects.get(pk=deliveries[0].pk).due_at
    assert due_at is not None
    assert retry_uncertain(due_at) == 1
    Delivery.objects.filter(pk=deliveries[0].pk).update(due_at=timezone.now())
    make_pump().run()
    assert beginnings(group) == ["(1/3)", "(2/3)", "(3/3)"]


def test_behind_a_part_that_a_person_has_to_decide_about_nothing_waits(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "asking")
    deliveries = fired(robot, policy=UncertainPolicy.ASK)
    later = make_delivery(robot)
    Fault.objects.create(group=group, kind=FaultKind.DROP_AFTER_ACCEPT, remaining=1)
    make_pump().run()
    give_up_unsendable(timezone.now(), simulator=True)
    make_pump().run()
    assert [status for status, _reason in states(deliveries)] == ["uncertain", "failed", "failed"]
    assert states([later])[0][0] == DeliveryStatus.DELIVERED
    assert beginnings(group) == ["(1/3)", "Drill at three."]


def test_parts_use_up_the_minute_like_any_message(organisation: Organisation) -> None:
    robot, group = make_pair(organisation, "full minute")
    for _ in range(16):
        make_delivery(robot)
    deliveries = fired(robot)
    make_pump().run()
    assert [status for status, _reason in states(deliveries)] == ["delivered", "delivered", "waiting"]
    assert ChatMessage.objects.filter(group=group).count() == 18
