"""Messages with variables: checked for every group before a launch, frozen by it, rendered when they fire."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from audit.actors import Actor
from dingtalk.payloads import MAX_BODY_BYTES, NOBODY, At, Link, Markdown, Message, Text, size_with_uuid
from messages.engine.firing import fire
from messages.models import Body, Broadcast, Delivery, Target
from messages.services.checks import Check, check_launch
from messages.services.launch import LaunchRefused, launch
from robots.models import Robot
from tests.factories import make_broadcast, make_robot, make_tag

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
NINE = datetime(2027, 1, 5, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def check(message: Message, *robots: Robot, at: At = NOBODY) -> Check:
    return check_launch(message=message, at=at, robots=robots)


def told(found: Check) -> list[tuple[str, str]]:
    return [(finding.robot.name if finding.robot else "", finding.code) for finding in found.blockers]


def launched(message: Message, robots: Sequence[Robot], *, at: At = NOBODY, planned_at: datetime | None = None):
    return launch(
        message=message,
        at=at,
        robots=robots,
        name="",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=planned_at,
        zone="Asia/Shanghai",
    )


def fired(broadcast: Broadcast) -> dict[str, str]:
    """What each group reads."""
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    return {
        delivery.robot_name: json.loads(delivery.body.text)["text"]["content"]
        for delivery in Delivery.objects.select_related("body").filter(run__broadcast=broadcast)
    }


def test_each_group_gets_its_own_words():
    north = make_tag("North")
    north.variables = {"region": "North", "manager": "Han"}
    north.save()
    robots = [
        make_robot("a", group_name="Shop A", variables={"manager": "Li"}, tags=[north]),
        make_robot("b", group_name="Shop B", tags=[north]),
    ]
    message = Text("{{ group }} ({{ region }}): ask {{ manager }}, says {{ robot.name }}.")
    assert check(message, *robots).findings == ()
    assert fired(launched(message, robots)) == {
        "a": "Shop A (North): ask Li, says a.",
        "b": "Shop B (North): ask Han, says b.",
    }


def test_what_a_launch_froze_goes_out_whatever_is_changed_after_it():
    robot = make_robot("a", group_name="Shop A", variables={"manager": "Li", "unused": "x"})
    broadcast = launched(Text("{{ group }}: {{ manager }}"), [robot], planned_at=timezone.now() + timedelta(hours=1))
    Robot.objects.update(name="b", group_name="Shop B", variables={})
    assert Target.objects.get().variables == {"manager": "Li"}
    assert fired(broadcast) == {"a": "Shop A: Li"}


def test_a_run_s_date_time_and_number_are_those_of_its_plan_in_the_schedule_s_zone():
    robot = make_robot("a")
    broadcast = launched(
        Text('{{ run.date }} {{ run.time }} {{ run.time|date:"%-m/%-d" }} #{{ run.number }}'), [robot], planned_at=None
    )
    Broadcast.objects.filter(pk=broadcast.pk).update(next_at=NINE, planned_at=NINE)
    broadcast.refresh_from_db()
    assert fired(broadcast) == {"a": "2027-01-05 09:00 1/5 #1"}


def test_groups_that_read_the_same_share_a_body():
    robots = [make_robot(f"r{number}", variables={"shift": str(number % 2)}) for number in range(6)]
    fired(launched(Text("Shift {{ shift }}"), robots))
    assert Body.objects.count() == 2
    assert set(Delivery.objects.values_list("status", flat=True)) == {"waiting"}


def test_mentions_stay_where_they_belong():
    robot = make_robot("a", group_name="Shop A")
    broadcast = launched(Text("{{ group }}"), [robot], at=At(mobiles=("13800001234",)))
    assert fired(broadcast) == {"a": "Shop A\n@13800001234"}


def test_a_message_without_variables_is_stored_once_as_ever(django_assert_max_num_queries):
    robots = [make_robot() for _ in range(3)]
    broadcast = launched(Text("Drill {at} three. {% alone"), robots)
    assert not broadcast.tailored
    with django_assert_max_num_queries(21):
        fired(broadcast)
    assert Body.objects.count() == 1


def test_a_broadcast_that_was_frozen_before_there_were_variables_goes_out_as_it_is():
    assert fired(make_broadcast(robots=[make_robot("a")], text="{{ group }}")) == {"a": "{{ group }}"}


def test_an_unknown_variable_is_told_at_its_place_with_the_nearest_name():
    robot = make_robot("a", variables={"manager": "Li"})
    found = check(Markdown("t", "Hello,\nask {{ manger }}"), robot)
    assert [finding.text for finding in found.blockers] == [
        "In the text, line 2, character 5: there is no variable “manger”. Did you mean “manager”?"
    ]
    assert check(Text("{{ zzzzzz }}"), robot).blockers[0].text.endswith("there is no variable “zzzzzz”.")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% if x %}", "line 1, character 1: “{% if x %}” does nothing here. Only {{ … }} puts something in"),
        ("{{ group", "{{ is not closed on its line. Close it with }}"),
        ("{{ a b }}", "“{{ a b }}” is not understood."),
        ("{{ group|upper }}", "“upper” is no filter. There are these: date, default."),
        ('{{ group|date:"%Y" }}', "a date's format goes with run.date, run.time only, not with “group”."),
        ('{{ run.date|date:"%Q" }}', "“%Q” is no part of a date. Use %Y, %m, %d"),
    ],
)
def test_what_is_wrong_with_the_syntax_is_told_in_words(source: str, said: str):
    found = check(Text(source), make_robot())
    assert said in found.blockers[0].text
    with pytest.raises(LaunchRefused):
        launched(Text(source), [make_robot()])


def test_a_group_without_a_value_keeps_the_message_from_it_alone():
    with_value, without = make_robot("a", variables={"manager": "Li"}), make_robot("b", group_name="")
    found = check(Text("{{ manager }} {{ group }}"), with_value, without)
    assert told(found) == [("b", "variable_missing"), ("b", "variable_missing")]
    assert "{{ manager }} has no value for this group." in found.blockers[0].text
    assert check(Text('{{ manager|default:"HQ" }} {{ group|default:robot.name }}'), with_value, without).blockers == ()


def test_tags_that_disagree_are_both_named_unless_the_robot_says_it_itself():
    tags = []
    for name, region in (("East", "E"), ("North", "N"), ("Far north", "N")):
        tags.append(make_tag(name))
        tags[-1].variables = {"region": region}
        tags[-1].save()
    found = check(
        Text("{{ region }}"),
        make_robot("a", tags=tags[:2]),
        make_robot("b", tags=tags[:2], variables={"region": "mine"}),
        make_robot("c", tags=tags[1:]),
    )
    assert told(found) == [("a", "variable_clash")]
    assert "The tags “East” and “North” give {{ region }} different values." in found.blockers[0].text


def test_the_exact_bytes_of_every_group_are_judged():
    room = MAX_BODY_BYTES - size_with_uuid(b'{"msgtype":"text","text":{"content":""}}')
    text = "x" * (room - 3)
    short, fits, long = (
        make_robot(name, variables={"v": value}) for name, value in (("1", "x"), ("2", "中"), ("3", "中x"))
    )
    found = check(Text(text + "{{ v }}"), short, fits, long)
    assert told(found) == [("3", "too_long")]
    assert found.bytes == MAX_BODY_BYTES + 1


def test_what_is_wrong_for_every_group_is_told_once():
    robots = [make_robot(name, variables={"v": name}) for name in "ab"]
    assert told(check(Markdown("", "{{ v }}"), *robots)) == [("", "empty")]
    assert told(check(Link("t", "{{ v }}", "https://a.example/{{ v }}"), *robots)) == []


def test_a_keyword_counts_when_it_comes_out_of_a_variable():
    robots = [
        make_robot(name, keywords=["Alert"], variables={"kind": kind}) for name, kind in (("a", "Alert"), ("b", "x"))
    ]
    assert told(check(Text("{{ kind }}"), *robots)) == [("b", "keyword_missing")]


def test_with_variables_it_takes_as_many_queries_for_many_robots_as_for_one(django_assert_num_queries):
    tag = make_tag()
    tag.variables = {"region": "N"}
    tag.save()
    robots = [make_robot(tags=[tag], variables={"manager": str(number)}) for number in range(30)]
    message = Text("{{ region }} {{ manager }}")
    check(message, robots[0])
    with django_assert_num_queries(8):
        check(message, robots[0])
    with django_assert_num_queries(8):
        check(message, *robots)


def test_a_word_that_no_longer_fits_when_it_fires_fails_openly_for_its_group_alone():
    robots = [make_robot("a", variables={"v": "x"}), make_robot("b", variables={"v": "y"})]
    broadcast = launched(Text("{{ v }}"), robots)
    Target.objects.filter(robot_name="a").update(variables={})
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    found = dict(Delivery.objects.values_list("robot_name", "status"))
    assert found == {"a": "failed", "b": "waiting"}
    assert Delivery.objects.get(robot_name="a").reason == "variable_missing"
