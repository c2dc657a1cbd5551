"""What the dry run looks at beyond the check of a launch."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dingtalk.payloads import NOBODY, Markdown, Message, Text
from messages.models import BroadcastKind, BroadcastStatus, DeliveryStatus
from messages.services.checks import tailoring_of
from messages.services.checks.dry_run import DryRun, dry_run
from messages.services.checks.topics import Topic, topic_of
from messages.services.overrides import Override
from robots.models import Robot
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

DRILL = Text("The fire drill is on Monday at three. Please leave by the stairs.")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def run_of(message: Message, *robots: Robot, overrides: tuple[Override, ...] = (), planned_at=None) -> DryRun:
    tailoring = tailoring_of(message, at=NOBODY, planned_at=planned_at, overrides=overrides)
    return dry_run(tailoring, at=NOBODY, robots=robots, planned_at=planned_at)


def codes(run: DryRun) -> list[tuple[str, str]]:
    found = run.check.findings
    return [(each.robot.name if each.robot else "", each.code) for each in found if each.code != "quota_left"]


def test_a_message_that_nothing_speaks_against_has_a_note_about_the_month_alone():
    run = run_of(DRILL, make_robot())
    assert codes(run) == []
    assert [topic_of(each) for each in run.check.findings] == [Topic.QUOTA]


def test_tests_and_other_days_count_neither_today_nor_nearby():
    robot, now = make_robot("Ops"), timezone.now()
    make_delivery(robot, status=DeliveryStatus.DELIVERED, ended_at=now - timedelta(days=2), run=_run_of(now, days=2))
    test = make_broadcast(robots=[robot], kind=BroadcastKind.TEST, status=BroadcastStatus.FIRED)
    make_delivery(robot, status=DeliveryStatus.DELIVERED, is_test=True, run=make_run(test))
    assert codes(run_of(DRILL, robot)) == []


def test_what_failed_was_not_in_the_group():
    robot = make_robot("Ops")
    make_delivery(robot, status=DeliveryStatus.FAILED, reason="keyword_missing")
    assert codes(run_of(Text("Another matter altogether, about the canteen."), robot)) == []


def test_of_several_broadcasts_nearby_the_closest_is_told():
    robot, now = make_robot("Ops"), timezone.now()
    make_broadcast("Far", robots=[robot], planned_at=now + timedelta(minutes=8))
    make_broadcast("Close", robots=[robot], planned_at=now + timedelta(minutes=2))
    found = [each for each in run_of(Text("Soup."), robot).check.findings if each.code == "broadcast_nearby"]
    assert [each.text.partition(" goes")[0] for each in found] == ["“Close”"]


def test_own_words_are_compared_for_the_groups_that_read_them():
    same, own = make_robot("Same"), make_robot("Own")
    sent = make_broadcast("Drill", text=DRILL.content, status=BroadcastStatus.FIRED)
    old = timezone.now() - timedelta(days=1)
    sent.planned_at = old
    sent.save()
    run = make_run(sent, planned_at=old)
    for robot in (same, own):
        make_delivery(robot, run=run, status=DeliveryStatus.DELIVERED, ended_at=old)
    other = Override("robot", own.pk, text="Your shop is closed on Monday: nothing to do for you at all.")
    assert codes(run_of(DRILL, same, own, overrides=(other,))) == [("Same", "text_alike")]


def test_a_hint_of_own_words_says_whose_they_are_and_what_is_common_is_told_once():
    same, own = make_robot("Same"), make_robot("Own")
    message = Markdown("Drill", "Drill: [map](maps.example)")
    other = Override("robot", own.pk, text="Drill: [map](maps.example) and ~~no~~")
    found = run_of(message, same, own, overrides=(other,)).check.findings
    told = [(each.code, each.text.startswith("In the words for “Own”")) for each in found if each.code != "quota_left"]
    assert told == [("link_without_scheme", False), ("strikethrough", True)]


def test_the_last_message_is_expected_when_the_longest_queue_is_through():
    robots = [make_robot("Full"), make_robot("Empty")]
    for _number in range(40):
        make_delivery(robots[0])
    run = run_of(DRILL, *robots)
    minutes = (run.expected.by_robot[robots[0].pk] - run.expected.begins).total_seconds() / 60
    assert 2 <= minutes < 3
    assert run.expected.by_robot[robots[1].pk] - run.expected.begins < timedelta(seconds=5)
    later = run_of(DRILL, *robots, planned_at=timezone.now() + timedelta(minutes=5))
    assert later.expected.before[robots[0].pk] == 0


def test_a_message_that_is_nearly_full_is_a_note():
    assert ("Ops", "nearly_full") in codes(run_of(Text("x" * 19_000), make_robot("Ops")))


def test_it_takes_as_many_queries_for_many_robots_as_for_one(django_assert_num_queries):
    robots = [make_robot(variables={"v": str(number)}) for number in range(40)]
    sent = make_broadcast(text=DRILL.content, robots=robots, status=BroadcastStatus.FIRED)
    run = make_run(sent)
    for robot in robots:
        make_delivery(robot, run=run, status=DeliveryStatus.DELIVERED)
    run_of(DRILL, robots[0])
    with django_assert_num_queries(14):
        run_of(DRILL, robots[0])
    with django_assert_num_queries(14):
        run_of(DRILL, *robots)


def _run_of(now, *, days: int):
    old = make_broadcast("Old", text="x", status=BroadcastStatus.FIRED, planned_at=now - timedelta(days=days))
    return make_run(old)
