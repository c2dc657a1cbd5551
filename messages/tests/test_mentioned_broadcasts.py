"""Mentions that differ from group to group: told before a launch, frozen by it, sent as they were frozen."""

from __future__ import annotations

import json
import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.actors import Actor
from dingtalk.payloads import MAX_MENTIONS, NOBODY, At, Text, message_from_dict
from dingtalk.payloads.mentions import marks_in
from messages.engine.firing import fire
from messages.history.chosen import Chosen
from messages.models import Broadcast, Delivery, DeliveryStatus, Target
from messages.services.checks import check_launch
from messages.services.launch import LaunchRefused, launch
from messages.services.mentions import resolve_mentions
from messages.services.overrides import Override
from messages.services.resend_plan import Including, plan_resend
from tests.factories import make_list, make_recipient, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def launched(message, robots, *, at=NOBODY, **options) -> Broadcast:
    order = {"name": "", "by": LI, "launch_key": uuid.uuid4(), "planned_at": None, "zone": "Asia/Shanghai", **options}
    return launch(message=message, at=at, robots=robots, **order)


def fired(broadcast: Broadcast) -> dict[str, dict[str, object]]:
    fire(broadcast.pk, now=broadcast.next_at)
    deliveries = Delivery.objects.select_related("body").filter(run__broadcast=broadcast)
    assert not deliveries.exclude(reason="").exists()
    return {delivery.robot_name: json.loads(delivery.body.text) for delivery in deliveries}


def found(message, *robots, at=NOBODY):
    check = check_launch(message=message, at=at, robots=robots)
    return [(each.robot.name if each.robot else "", each.level, each.code) for each in check.findings]


def crowd(count: int):
    people = [make_recipient(f"P{number:03d}", mobile=f"138{number:08d}") for number in range(count)]
    return people, resolve_mentions(everyone=False, recipients=people, lists=[])


def test_a_chip_goes_out_as_the_mark_of_each_group():
    make_recipient("Li Wei", mobile="13800000001")
    make_recipient("Zhao", user_id="zhao")
    inside, outside = make_robot("inside"), make_robot("outside", external=True)
    broadcast = launched(Text("@[Li Wei] and @[Zhao], {{ group }}"), [inside, outside])
    bodies = fired(broadcast)
    assert bodies["inside"]["text"]["content"] == f"@13800000001 and @zhao, {inside.group_name}"
    assert bodies["inside"]["at"] == {"atMobiles": ["13800000001"], "atUserIds": ["zhao"], "isAtAll": False}
    assert bodies["outside"]["text"]["content"] == f"@13800000001 and Zhao, {outside.group_name}"
    assert bodies["outside"]["at"] == {"atMobiles": ["13800000001"], "isAtAll": False}
    assert (broadcast.at_mobiles, broadcast.at_user_ids) == (["13800000001"], ["zhao"])


def test_what_is_mentioned_is_frozen_by_the_launch():
    person = make_recipient("Li Wei", mobile="13800000001")
    broadcast = launched(Text("@[Li Wei]"), [make_robot("ops")])
    person.delete()
    assert fired(broadcast)["ops"]["text"]["content"] == "@13800000001"


def test_mentions_without_a_difference_are_one_body_for_all():
    _people, at = crowd(3)
    broadcast = launched(Text("Drill"), [make_robot(), make_robot(external=True)], at=at)
    assert not broadcast.tailored
    assert set(Target.objects.values_list("mentions", flat=True)) == {None}


def test_own_words_mention_only_whom_they_name():
    make_recipient("Li", mobile="13800000001")
    make_recipient("Wang", mobile="13800000002")
    own, other = make_robot("own"), make_robot("other")
    overrides = [Override("robot", own.pk, text="@[Wang]")]
    bodies = fired(launched(Text("@[Li]"), [own, other], overrides=overrides))
    assert [bodies[name]["at"]["atMobiles"] for name in ("own", "other")] == [["13800000002"], ["13800000001"]]


def test_more_people_than_dingtalk_mentions_keep_a_message_from_going_out_and_are_named():
    people, at = crowd(MAX_MENTIONS + 14)
    with pytest.raises(LaunchRefused) as refused:
        launched(Text("Drill"), [make_robot()], at=at)
    texts = {finding.code: finding.text for finding in refused.value.check.blockers}
    assert set(texts) == {"too_many_mentions", "mentions_left_out"}
    names = ", ".join(person.name for person in people[MAX_MENTIONS:][:12])
    assert f"These would be left out: {names} and 2 more." in texts["mentions_left_out"]


def test_people_who_are_shared_out_are_each_mentioned_in_one_group():
    people, at = crowd(MAX_MENTIONS * 2 + 5)
    robots = [make_robot(f"r{number}") for number in range(4)]
    people[-1].groups.add(robots[3])
    bodies = fired(launched(Text("Drill, @[P004], @[P060]"), robots, at=at, sharing=True))
    mentioned = Counter(mobile for body in bodies.values() for mobile in body.get("at", {}).get("atMobiles", []))
    assert mentioned == Counter(person.mobile for person in people)
    assert [len(bodies[robot.name].get("at", {}).get("atMobiles", [])) for robot in robots] == [50, 50, 4, 1]
    assert bodies["r0"]["text"]["content"].startswith("Drill, @13800000004, P060\n@13800000000 ")
    assert bodies["r1"]["text"]["content"].startswith("Drill, P004, @13800000060\n")
    for body in bodies.values():
        message = message_from_dict({key: value for key, value in body.items() if key != "at"})
        marks = body.get("at", {}).get("atMobiles", [])
        assert Counter(marks_in(message.content, At(tuple(marks)))) == Counter(marks)


def test_whoever_finds_no_place_in_any_group_is_named_and_nothing_goes_out():
    _people, at = crowd(MAX_MENTIONS + 1)
    with pytest.raises(LaunchRefused) as refused:
        launched(Text("Drill"), [make_robot()], at=at, sharing=True)
    (finding,) = refused.value.check.blockers
    assert finding.text == (
        "These people find no place in any of the groups: P050. Choose more groups, or fewer people."
    )


def test_who_has_no_mobile_is_named_before_sending():
    make_recipient("Zhao", user_id="zhao")
    inside, outside = make_robot("inside"), make_robot("outside", external=True)
    assert found(Text("a"), inside, outside, at=At(user_ids=("zhao",))) == [
        ("", "note", "mentions_by_user_id"),
        ("outside", "warning", "mention_needs_mobile"),
    ]
    check = check_launch(message=Text("a"), at=At(user_ids=("zhao",)), robots=[outside])
    assert check.warnings[0].text.endswith("Not mentioned, for no mobile is known of them: Zhao.")


def test_a_mention_of_somebody_known_to_be_elsewhere_is_a_hint():
    li, wang, zhao = make_recipient("Li"), make_recipient("Wang"), make_recipient("Zhao")
    here, there = make_robot("here"), make_robot("there")
    li.groups.add(there)
    wang.groups.add(here)
    at = resolve_mentions(everyone=False, recipients=[li, wang, zhao], lists=[])
    assert found(Text("a"), here, there, at=at) == [
        ("here", "note", "mention_not_in_group"),
        ("there", "note", "mention_not_in_group"),
    ]
    check = check_launch(message=Text("a"), at=at, robots=[here])
    assert check.notes[0].text == ("By what is noted, these people are not in this group and will not be notified: Li.")


def test_mobiles_are_masked_where_no_name_is_known():
    at = At(mobiles=tuple(f"1390000{number:04d}" for number in range(51)))
    check = check_launch(message=Text("a"), at=at, robots=[make_robot()])
    assert "139****0050" in check.blockers[0].text + check.blockers[1].text
    assert "13900000050" not in check.blockers[0].text + check.blockers[1].text


def test_a_check_of_mentions_takes_as_many_queries_for_many_robots():
    people, at = crowd(30)
    make_list("All", people)
    robots = [make_robot(external=bool(number % 2)) for number in range(40)]
    people[0].groups.set(robots[:20])
    message = Text("@[All]")
    _queries(message, at, robots)  # the month's figures are kept from now on
    assert _queries(message, at, robots[:1]) == _queries(message, at, robots)


def _queries(message, at, robots) -> int:
    with CaptureQueriesContext(connection) as queries:
        check_launch(message=message, at=at, robots=robots)
    return len(queries)


def test_a_resend_does_not_ask_again_who_is_meant():
    person = make_recipient("Zhao", user_id="zhao")
    _people, at = crowd(MAX_MENTIONS + 1)
    broadcast = launched(Text("@[Zhao]"), [make_robot("a"), make_robot("b")], at=at, sharing=True)
    fired(broadcast)
    Delivery.objects.update(status=DeliveryStatus.FAILED, reason="robot_paused", due_at=None, ended_at=timezone.now())
    person.delete()
    plan = plan_resend(Chosen(broadcast=broadcast.pk), Including())
    assert plan.left_out == ()
    assert len(plan.again) == 2
