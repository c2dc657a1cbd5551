"""A broadcast's page shows what each group got, and not only what was written for all."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.actors import Actor
from dingtalk.payloads import NOBODY, At, Markdown, Message, Text
from messages.engine.firing import fire
from messages.models import Body, Broadcast, Delivery, Run, Target
from messages.services.launch import launch
from messages.services.overrides import Override
from robots.models import Robot
from tests.factories import make_delivery, make_recipient, make_robot, make_run

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


def drawn(client, broadcast: Broadcast, target: Target | None = None, **asked: object) -> str:
    """The part of the page with the message, as it is written."""
    query = {**({"shown": target.pk} if target else {}), **asked}
    response = client.get(f"/broadcasts/{broadcast.pk}/", query)
    assert response.status_code == 200
    part = re.search('<section class="previewed".*?</section>', response.content.decode(), re.DOTALL)
    return part[0] if part else ""


def shown(client, broadcast: Broadcast, target: Target | None = None, **asked: object) -> str:
    """The same without its tags."""
    page = re.sub('<span class="dt-from"[^>]*>(.*?)</span>', r"\1", drawn(client, broadcast, target, **asked))
    return " ".join(re.sub("<[^>]*>", " ", page).split())


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
    page = drawn(english, broadcast)
    assert "id_shown" not in page
    assert "For all." in page


CLUMSY = Markdown("Drill of {{ group }}", "Ask **{{ manager }}** `now`")


def test_it_is_drawn_as_the_drafts_preview_draws_it(english):
    robot = make_robot("a", group_name="Shop a", variables={"manager": "Mrs Ma"})
    broadcast = launched(CLUMSY, [robot])
    for _sent in (False, True):
        page = drawn(english, broadcast)
        assert '<p class="dt-line-summary">a: Drill of <span class="dt-from"' in page
        assert '<strong><span class="dt-from" title="{{ manager }}">Mrs Ma</span></strong>' in page
        assert '<mark class="dt-unshown" title="DingTalk will not show this">' in page
        words = shown(english, broadcast)
        assert "In the list of chats Shop a a: Drill of Shop a In the group" in words
        assert "Line 1: DingTalk will not show code as code" in words
        assert "Repeat it in the text if readers must see it." in words
        fire(broadcast.pk, now=NINE)
    assert "Date, time and number" not in shown(english, broadcast)


def test_what_all_read_alike_is_drawn_so_as_well(english):
    broadcast = launched(Markdown("Fire drill", "Leave `now`"), [make_robot("a"), make_robot("b")])
    assert '<mark class="dt-unshown" title="DingTalk will not show this">' in drawn(english, broadcast)
    page = shown(english, broadcast)
    assert "In the list of chats Group Fire drill In the group" in page
    assert "Good to know The title stands in the list of chats only." in page
    assert "Line 1: DingTalk will not show code as code" in page


def test_what_the_robots_footer_added_is_marked(english):
    robot = make_robot("a", group_name="Shop a", keywords=["Drill"], footer="Drill of Shop a", append_keyword=True)
    broadcast = launched(Text("Leave at three."), [robot])
    page = drawn(english, broadcast)
    assert 'because the text has none of the robot&#x27;s keywords">Drill of Shop a</span>' in page
    assert "At the end Drill of Shop a because the text has none" in shown(english, broadcast)


def test_what_is_sent_again_tells_the_date_of_its_own_run(english):
    broadcast = launched(Text("At {{ run.time }} in {{ group }}"), [make_robot("a", group_name="Shop a")])
    fire(broadcast.pk, now=NINE)
    first, again = broadcast.runs.get(), make_run(broadcast, planned_at=NINE + timedelta(hours=2))
    Run.objects.filter(pk=again.pk).update(resend_of=first)
    at_eleven = json.dumps({"msgtype": "text", "text": {"content": "At 11:00 in Shop a"}})
    body = Body.objects.create(sha256="1" * 64, text=at_eleven)
    make_delivery(broadcast.targets.get().robot, run=again, body=body)
    page = drawn(english, broadcast)
    assert 'At <span class="dt-from" title="{{ run.time }}">11:00</span>' in page


def test_a_page_takes_as_many_queries_for_many_groups_as_for_a_few(english):
    few = launched(Text("To {{ group }}"), [make_robot() for _number in range(2)])
    many = launched(Text("To {{ group }}"), [make_robot() for _number in range(60)])
    english.get(f"/broadcasts/{few.pk}/")  # fills the caches
    assert queries(english, many) == queries(english, few) + 1  # it counts the groups that are not listed


def queries(client, broadcast: Broadcast) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/broadcasts/{broadcast.pk}/")
    return len(captured)
