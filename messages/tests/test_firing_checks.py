"""What has become a blocker between launch and firing: a refusal on record with its reason, and a notice."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.actors import Actor
from dingtalk.payloads import NOBODY, Message, Text
from messages.engine.firing import fire
from messages.models import Broadcast, BroadcastKind, Delivery, Notice
from messages.notices.kinds import NoticeKind
from messages.notices.texts import words_of
from messages.services.launch import launch
from robots.models import Robot, RobotStatus
from tests.factories import make_broadcast, make_organisation, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def planned(message: Message, *robots: Robot) -> Broadcast:
    return launch(
        message=message,
        at=NOBODY,
        robots=robots,
        name="Fire drill",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=timezone.now() + timedelta(hours=1),
        zone="Asia/Shanghai",
    )


def fired(broadcast: Broadcast) -> dict[str, tuple[str, str]]:
    """State and reason of each robot's delivery."""
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    deliveries = Delivery.objects.filter(run__broadcast=broadcast)
    return {delivery.robot_name: (delivery.status, delivery.reason) for delivery in deliveries}


def pause(robot: Robot) -> None:
    Robot.objects.filter(pk=robot.pk).update(status=RobotStatus.PAUSED, paused_reason="by_person")


def test_a_robot_that_was_paused_since_is_refused_with_that_reason_and_the_others_get_it():
    robots = [make_robot("Closed"), make_robot("Open")]
    broadcast = planned(Text("Drill at three."), *robots)
    pause(robots[0])
    assert fired(broadcast) == {"Closed": ("failed", "robot_paused"), "Open": ("waiting", "")}
    notice = Notice.objects.get(kind=NoticeKind.REFUSED_AT_FIRING)
    assert notice.subject == f"broadcast:{broadcast.pk}"
    assert words_of(notice).title == "“Fire drill” could not go out to 1 group: The robot is paused."


@pytest.mark.parametrize("text", ["Drill at three.", "Drill at three, {{ group }}."], ids=["for all", "tailored"])
def test_a_keyword_that_is_demanded_since_and_lacks_is_a_refusal(text: str):
    strict, met, free = make_robot("Strict"), make_robot("Met"), make_robot("Free")
    broadcast = planned(Text(text), strict, met, free)
    Robot.objects.filter(pk=strict.pk).update(keywords=["Notice"])
    Robot.objects.filter(pk=met.pk).update(keywords=["Notice", "Drill"])
    assert fired(broadcast) == {
        "Strict": ("failed", "keyword_missing"),
        "Met": ("waiting", ""),
        "Free": ("waiting", ""),
    }


def test_a_footer_that_was_frozen_for_the_keywords_still_does():
    robot = make_robot("Strict", keywords=["Notice"], append_keyword=True)
    broadcast = planned(Text("Drill at three."), robot)
    assert fired(broadcast) == {"Strict": ("waiting", "")}
    again = planned(Text("Drill at three."), robot)
    Robot.objects.update(keywords=["Alarm"])
    assert fired(again) == {"Strict": ("failed", "keyword_missing")}


def test_demo_robots_are_refused_once_the_simulator_is_off(settings):
    broadcast = planned(Text("Drill."), make_robot("demo", organisation=make_organisation(simulated=True)))
    settings.DINGADMIN_SIMULATOR = False
    assert fired(broadcast) == {"demo": ("failed", "simulator_off")}


def test_one_notice_counts_all_that_a_run_refused():
    robots = [make_robot(f"r{number}") for number in range(4)]
    broadcast = planned(Text("Drill."), *robots)
    for robot in robots[:2]:
        pause(robot)
    robots[2].delete()
    assert sorted(reason for _status, reason in fired(broadcast).values()) == [
        "",
        "robot_deleted",
        "robot_paused",
        "robot_paused",
    ]
    title = words_of(Notice.objects.get()).title
    assert title == "“Fire drill” could not go out to 3 groups. Most often: The robot is paused."


def test_a_run_that_refuses_nothing_raises_no_notice():
    fired(planned(Text("Drill."), make_robot()))
    assert not Notice.objects.exists()


def test_a_test_goes_to_a_paused_robot_all_the_same():
    robot = make_robot("Closed", keywords=["Notice"])
    pause(robot)
    broadcast = make_broadcast(robots=[robot], kind=BroadcastKind.TEST)
    assert fired(broadcast) == {"Closed": ("waiting", "")}
    assert not Notice.objects.exists()


def test_the_check_takes_as_many_queries_for_many_groups_as_for_one():
    def queries(count: int) -> int:
        robots = [make_robot(keywords=["Drill"]) for _number in range(count)]
        broadcast = planned(Text("Drill in {{ group }}."), *robots)
        assert broadcast.next_at
        with CaptureQueriesContext(connection) as captured:
            fire(broadcast.pk, now=broadcast.next_at)
        # How rows are stored depends on their number and on the database.
        return sum("robots_robot" in query["sql"] or "broadcasts_body" in query["sql"] for query in captured)

    assert queries(1) == queries(60)
