"""A broadcast's page shows what each group got, and not only what was written for all."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.actors import Actor
from dingtalk.payloads import NOBODY, At, Message, Text
from messages.engine.firing import fire
from messages.models import Body, Broadcast, Delivery, Target
from messages.services.launch import launch
from messages.services.overrides import Override
from robots.models import Robot
from tests.factories import make_recipient, make_robot

pytestmark = pytest.mark.django_db

NINE = datetime(2099, 1, 5, 1, 0, tzinfo=UTC)


def launched(
    message: Message, robots: Sequence[Robot], *, overrides: Sequence[Override] = (), at: At = NOBODY
) -> Broadcast:
    return launch(
        message=message,
        at=at,
        robots=robots,
        name="Drill",
        by=Actor(name="li"),
        launch_key=uuid.uuid4(),
        planned_at=NINE,
        zone="Asia/Shanghai",
        overrides=overrides,
    )


def shown(client, broadcast: Broadcast, target: Target | None = None, **asked: object) -> str:
    """The part of the page with the message, without its tags."""
    query = {**({"shown": target.pk} if target else {}), **asked}
    response = client.get(f"/broadcasts/{broadcast.pk}/", query)
    assert response.status_code == 200
    part = re.search('<section class="previewed".*?</section>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", part[0]).split()) if part else ""


def test_before_it_goes_out_each_group_is_shown_what_it_will_get(english):
    robots = [make_robot(name, group_name=f"Shop {name}", variables={"manager": f"M{name}"}) for name in "ab"]
    broadcast = launched(Text("{{ group }}: {{ manager }}, {{ run.time }}"), robots)
    first, second = broadcast.targets.order_by("pk")
    assert "Shop a: Ma, 09:00" in shown(english, broadcast)
    page = shown(english, broadcast, second)
    assert "Shop b: Mb, 09:00" in page
    assert "Put in for Shop b group Shop b manager Mb run.time 09:00" in page
    assert "As it was written for all" in page
    assert "{{ group }}: {{ manager }}, {{ run.time }}" in page
    assert "2 of 2" in page
    assert shown(english, broadcast, first) == shown(english, broadcast, shown="odd")


def test_what_went_out_is_shown_to_the_letter_whatever_is_changed_after_it(english):
    person = make_recipient("Zhang San", mobile="13800001234")
    robots = [make_robot(name, group_name=f"Shop {name}") for name in "ab"]
    broadcast = launched(Text("To {{ group }}"), robots, at=At(mobiles=(person.mobile,)))
    assert broadcast.next_at
    fire(broadcast.pk, now=broadcast.next_at)
    Robot.objects.update(group_name="Another name")
    second = broadcast.targets.order_by("pk")[1]
    page = shown(english, broadcast, second)
    assert "To Shop b @Zhang San" in page
    assert person.mobile not in page
    body = Body.objects.create(sha256="0" * 64, text=json.dumps({"msgtype": "text", "text": {"content": "As sent"}}))
    Delivery.objects.filter(robot=second.robot).update(body=body)
    assert "As sent" in shown(english, broadcast, second)


def test_own_words_are_told_and_their_groups_listed_first(english):
    robots = [make_robot(name) for name in "ab"]
    broadcast = launched(Text("For all."), robots, overrides=[Override("robot", robots[1].pk, "", "For b alone.")])
    page = shown(english, broadcast, broadcast.targets.get(robot=robots[1]))
    assert "This group reads words of its own" in page
    assert "For b alone." in page
    assert "This group reads" not in shown(english, broadcast, broadcast.targets.get(robot=robots[0]))


def test_a_group_is_found_among_many(english):
    robots = [make_robot(f"r{number:02d}", group_name=f"Shop {number:02d}") for number in range(60)]
    broadcast = launched(Text("To {{ group }}"), robots)
    assert "There are more: search for their names." in shown(english, broadcast)
    page = shown(english, broadcast, search_shown="shop 57")
    assert "1 group is found." in page
    assert "Shop 57" in page
    assert "Shop 56" not in page


def test_a_broadcast_that_all_read_alike_has_nothing_to_choose(english):
    broadcast = launched(Text("For all."), [make_robot("a"), make_robot("b")])
    assert shown(english, broadcast) == ""
    assert "For all." in english.get(f"/broadcasts/{broadcast.pk}/").content.decode()


def test_a_page_takes_as_many_queries_for_many_groups_as_for_a_few(english):
    few = launched(Text("To {{ group }}"), [make_robot() for _number in range(2)])
    many = launched(Text("To {{ group }}"), [make_robot() for _number in range(60)])
    english.get(f"/broadcasts/{few.pk}/")  # fills the caches
    assert queries(english, many) == queries(english, few) + 1  # it counts the groups that are not listed


def queries(client, broadcast: Broadcast) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/broadcasts/{broadcast.pk}/")
    return len(captured)
