"""A robot's page tells what was given up because of it, and leads to sending it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messages.history.given_up import given_up_for
from messages.models import BroadcastStatus, Delivery, DeliveryStatus, Run
from robots.models import PauseReason, Robot, RobotStatus
from tests.factories import make_broadcast, make_delivery, make_robot, make_run, make_user

pytestmark = pytest.mark.django_db

TITLE = "Given up because it was paused"
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def page(robot: Robot) -> str:
    return reverse("robots:detail", args=[robot.pk])


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def give_up(robot: Robot, name: str = "Fire drill", **fields: object) -> Delivery:
    values: dict[str, object] = {"status": DeliveryStatus.FAILED, "reason": "robot_paused", **fields}
    return make_delivery(robot, run=make_run(make_broadcast(name, status=BroadcastStatus.FIRED)), **values)


def test_what_was_given_up_is_counted_and_the_newest_are_named(english):
    robot = make_robot()
    for number in range(7):
        reason = "robot_paused:token_unknown" if number % 2 else "robot_paused"
        give_up(robot, f"Drill {number}", planned_at=NINE + timedelta(hours=number), reason=reason)
    text = text_of(english.get(page(robot)))
    assert TITLE in text
    assert "7 messages did not go out to this group, and were not sent again." in text
    assert "Drill 6" in text
    assert "Drill 1" not in text
    assert "and 2 more" in text
    url = f"/history/?state=failed&amp;reason=robot_paused&amp;robot={robot.pk}"
    assert f'href="{url}"' in text
    listed = text_of(english.get(url.replace("&amp;", "&")))
    assert "Drill 5" in listed
    assert "Drill 6" in listed
    assert "The robot is paused. DingTalk does not know this webhook" in listed


def test_an_active_robot_leads_to_sending_all_of_them_again(english):
    robot = make_robot()
    give_up(robot, planned_at=NINE)
    give_up(robot, planned_at=NINE + timedelta(hours=3))
    text = text_of(english.get(page(robot)))
    url = f"/resend/?robot={robot.pk}&amp;since=2026-11-23&amp;at=09:00"
    assert f'href="{url}"' in text
    assert len(english.get(url.replace("&amp;", "&")).context["plan"].again) == 2


def test_a_paused_robot_has_to_be_resumed_first(english):
    robot = make_robot(status=RobotStatus.PAUSED, paused_reason=PauseReason.BY_PERSON, paused_at=timezone.now())
    give_up(robot)
    text = text_of(english.get(page(robot)))
    assert "They can be sent again once the robot is resumed." in text
    assert 'id="resend-given-up"' not in text


def test_only_what_was_given_up_because_of_this_robot_and_not_sent_again_is_told(english):
    robot = make_robot()
    give_up(robot, reason="keyword_missing")
    give_up(make_robot())
    make_delivery(robot, status=DeliveryStatus.DELIVERED)
    again = give_up(robot, reason="robot_paused:token_unknown")
    run = Run.objects.create(
        broadcast=again.run.broadcast,
        planned_at=timezone.now() + timedelta(seconds=1),
        fired_at=timezone.now(),
        resend_of=again.run,
    )
    make_delivery(robot, run=run, status=DeliveryStatus.DELIVERED)
    assert given_up_for(robot.pk) is None
    assert TITLE not in text_of(english.get(page(robot)))


def test_who_may_not_see_deliveries_sees_none_here():
    robot = make_robot()
    give_up(robot)
    user = make_user("wang")
    user.user_permissions.set(Permission.objects.filter(codename="view_robot"))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert TITLE not in text_of(client.get(page(robot)))


def test_it_takes_two_queries_however_many_there_are(django_assert_num_queries):
    robot = make_robot()
    for _number in range(20):
        give_up(robot)
    with django_assert_num_queries(2):
        found = given_up_for(robot.pk)
        assert found is not None
        assert [delivery.run.broadcast.name for delivery in found.newest] == ["Fire drill"] * 5
