"""Broadcasts beyond the limit: what the check says, what a launch freezes, what the groups get, and in which order."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import MAX_BODY_BYTES, NOBODY, At, Link, Markdown, Message, Text, with_msg_uuid
from messages.engine.firing import fire
from messages.history.quota import quota_use
from messages.models import Broadcast, Delivery, Target
from messages.services.checks import Check, check_launch
from messages.services.launch import LaunchRefused, launch
from messages.services.overrides import Override
from robots.models import Robot
from tests.factories import make_organisation, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
PARAGRAPH = "各位同事，请按时提交材料。" * 20
LONG = Text("\n\n".join(f"{number}. {PARAGRAPH}" for number in range(40)))  # about 31 kB
AT = At(mobiles=("13800001234",))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def check(message: Message, *robots: Robot, at: At = NOBODY, split: bool = False, **options: object) -> Check:
    return check_launch(message=message, at=at, robots=robots, split=split, **options)


def launched(message: Message, *robots: Robot, at: At = NOBODY, split: bool = True, **options: object) -> Broadcast:
    values: dict[str, object] = {"name": "", "by": LI, "launch_key": uuid.uuid4(), "planned_at": None}
    values |= {"zone": settings.TIME_ZONE, **options}
    return launch(message=message, at=at, robots=robots, split=split, **values)


def fired(message: Message, *robots: Robot, **options: object) -> list[Delivery]:
    broadcast = launched(message, *robots, **options)
    fire(broadcast.pk, now=timezone.now())
    return list(Delivery.objects.filter(run__broadcast=broadcast).select_related("body").order_by("pk"))


def body_of(delivery: Delivery) -> dict[str, object]:
    decoded: dict[str, object] = json.loads(delivery.body.text)
    return decoded


def found(check: Check, code: str) -> list[tuple[str | None, str]]:
    return [(each.robot.name if each.robot else None, each.text) for each in check.findings if each.code == code]


def numbers(deliveries: Sequence[Delivery]) -> list[tuple[str, int, int]]:
    return [(each.robot_name, each.part, each.parts) for each in deliveries]


# --- what the check says ----------------------------------------------------------------------------------------------
def test_what_is_too_long_is_a_blocker_that_offers_parts():
    made = check(LONG, make_robot("ops"), make_robot("hr"))
    ((robot, text),) = found(made, "too_long")
    assert robot is None
    assert text.endswith("Or send it in 2 parts.")
    assert [each.code for each in made.blockers] == ["too_long"]


def test_once_parts_are_wanted_it_is_a_note():
    made = check(LONG, make_robot("ops"), split=True)
    assert made.blockers == ()
    assert found(made, "in_parts") == [
        (None, "The message is too long for one. It goes out in 2 parts, one after the other.")
    ]


def test_without_any_group_the_number_of_parts_is_told_too():
    ((_robot, text),) = found(check(LONG), "too_long")
    assert "2 parts" in text


def test_only_the_group_whose_words_are_too_long_gets_parts():
    long, short = make_robot("long"), make_robot("short")
    own = [Override("robot", long.pk, text=LONG.content)]
    made = check(Text("hello"), long, short, overrides=own)
    assert [robot for robot, _text in found(made, "too_long")] == ["long"]
    made = check(Text("hello"), long, short, overrides=own, split=True)
    assert [robot for robot, _text in found(made, "in_parts")] == ["long"]
    assert made.blockers == ()


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Markdown("Plan", "- " + "长条目。" * 5_000), "one list item alone is too long"),
        (Markdown("Plan", "[" + "字" * 7_000 + "](https://example.com)"), "one link alone is too long"),
        (Text("word " * 100_000), "It is too long for 20 parts, too."),
    ],
)
def test_what_stands_in_the_way_of_parts_is_said_and_wanting_them_does_not_help(message, words):
    for split in (False, True):
        ((_robot, text),) = found(check(message, make_robot(), split=split), "too_long")
        assert words in text
        assert "Or send it" not in text


def test_a_link_card_has_no_parts():
    card = Link(title="t", text="长" * 7_000, message_url="https://example.com")
    ((_robot, text),) = found(check(card, make_robot(), split=True), "too_long")
    assert "parts" not in text


def test_parts_count_in_the_month():
    robot = make_robot(organisation=make_organisation(monthly_quota=1, reserve=0))
    assert found(check(Text("short"), robot), "over_quota") == []
    ((_robot, text),) = found(check(LONG, robot, split=True), "over_quota")
    assert "this takes 2" in text


def test_the_check_asks_the_same_of_the_database_however_many_groups_get_parts(django_assert_num_queries):
    few = [make_robot() for _ in range(2)]
    many = [*few, *(make_robot(keywords=["ops"], append_keyword=True) for _ in range(8))]
    check(LONG, *few, split=True)
    with django_assert_num_queries(len(_queries(lambda: check(LONG, *few, split=True)))):
        check(LONG, *many, split=True)


def _queries(run: Callable[[], object]) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as captured:
        run()
    return list(captured)


# --- the launch -------------------------------------------------------------------------------------------------------
def test_a_launch_without_parts_is_refused_and_with_them_recorded():
    robot = make_robot()
    with pytest.raises(LaunchRefused):
        launched(LONG, robot, split=False)
    broadcast = launched(LONG, robot)
    assert broadcast.split
    assert Target.objects.get(broadcast=broadcast).parts == 2
    assert Entry.objects.get(action="broadcast.launched").detail["split"] is True


def test_a_short_message_stays_whole_though_parts_were_allowed():
    (delivery,) = fired(Text("short"), make_robot())
    assert (delivery.part, delivery.parts) == (1, 1)
    assert not delivery.run.broadcast.split
    assert body_of(delivery) == {"msgtype": "text", "text": {"content": "short"}}


def test_planned_parts_count_in_the_forecast():
    robot = make_robot(organisation=make_organisation(monthly_quota=100))
    launched(LONG, robot, planned_at=timezone.now() + timedelta(seconds=30))
    assert quota_use(robot.organisation, now=timezone.now()).planned == 2


# --- the firing -------------------------------------------------------------------------------------------------------
def test_every_group_gets_the_parts_in_order_within_the_limit():
    deliveries = fired(LONG, make_robot("a"), make_robot("b"))
    assert numbers(deliveries) == [("a", 1, 2), ("a", 2, 2), ("b", 1, 2), ("b", 2, 2)]
    assert len({delivery.body_id for delivery in deliveries}) == 2
    assert len({delivery.msg_uuid for delivery in deliveries}) == 4
    for delivery in deliveries:
        sent = with_msg_uuid(delivery.body.text.encode(), str(delivery.msg_uuid))
        assert len(sent) <= MAX_BODY_BYTES
        assert f"({delivery.part}/2)" in delivery.body.text


def test_the_last_part_alone_mentions():
    *others, last = fired(LONG, make_robot(), at=AT)
    assert others
    assert all("at" not in body_of(delivery) for delivery in others)
    assert body_of(last)["at"] == {"atMobiles": ["13800001234"], "isAtAll": False}
    assert not any("13800001234" in delivery.body.text for delivery in others)


def test_each_part_holds_the_keyword_that_its_robot_asks_for():
    footer = make_robot("footer", keywords=["值班"], footer="— 值班室")
    bare = make_robot("bare", keywords=["值班"], append_keyword=True)
    nothing = make_robot("nothing")
    deliveries = fired(LONG, footer, bare, nothing)
    texts = {name: [] for name in ("footer", "bare", "nothing")}
    for delivery in deliveries:
        texts[delivery.robot_name].append(body_of(delivery)["text"]["content"])
    assert all(text.endswith("— 值班室") for text in texts["footer"])
    assert all(text.endswith("\n值班") for text in texts["bare"])
    assert not any("值班" in text for text in texts["nothing"])


def test_the_keyword_of_the_whole_text_is_in_every_part():
    message = Text(f"值班通知。\n\n{LONG.content}")
    deliveries = fired(message, make_robot(keywords=["值班"]))
    assert len(deliveries) == 2
    assert all("值班" in body_of(delivery)["text"]["content"] for delivery in deliveries)


def test_a_message_that_lacks_a_keyword_which_may_not_be_added_is_still_refused():
    made = check(LONG, make_robot(keywords=["值班"]), split=True)
    assert [each.code for each in made.blockers] == ["keyword_missing"]


def test_variables_are_filled_before_the_text_is_cut():
    message = Markdown("计划", "\n\n".join(f"{{{{ group }}}} {number}：{PARAGRAPH}" for number in range(40)))
    deliveries = fired(message, make_robot("a", group_name="甲组"), make_robot("b", group_name="乙组"))
    assert numbers(deliveries) == [("a", 1, 2), ("a", 2, 2), ("b", 1, 2), ("b", 2, 2)]
    assert all("甲组" in each.body.text and "乙组" not in each.body.text for each in deliveries[:2])
