"""Variables on the pages that write and launch, and in the shell."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from audit.actors import Actor
from messages.models import Broadcast, Draft, Target
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot
from messages.tests.test_launch_pages import page_form, url_of
from robots.models import Robot
from tests.factories import make_robot, make_tag

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def preview(client, *robots: Robot, **fields) -> str:
    form = {"msgtype": "text", "robots": [robot.pk for robot in robots], **fields}
    return text_of(client.post(reverse("broadcasts:draft_preview"), form, headers=HTMX))


def saved(*robots: Robot, text: str) -> Draft:
    ids = [robot.pk for robot in robots]
    snapshot = Snapshot("Drill", "text", {"content": text}, robots=ids)
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=Actor(name="wang"))


def test_the_preview_shows_the_first_group_its_own_words_and_what_the_variables_are(english):
    robot = make_robot("a", group_name="Shop A", variables={"manager": "Li <b>"})
    text = preview(english, robot, make_robot("b"), text="{{ group }}: {{ manager }}, {{ hotline|default:group }}")
    assert "there is no variable “hotline”" in text
    make_tag().robots.add(make_robot("c", variables={"hotline": "8001"}))
    text = preview(english, robot, text="{{ group }}: {{ manager }}, {{ hotline|default:group }}")
    bubble = re.search('<div class="dt-bubble dt-text">(.*?)</div>', text)
    assert bubble
    assert re.sub("<[^>]*>", "", bubble[1]) == "Shop A: Li &lt;b&gt;, Shop A"
    assert '<span class="dt-from" title="{{ manager }} · from the robot">Li &lt;b&gt;</span>' in bubble[1]
    assert "Put in for Shop A" in text
    manager = '<dd><span class="dt-from">Li &lt;b&gt;</span> <span class="sub">from the robot</span></dd>'
    assert f"<dt><code>manager</code></dt> {manager}" in text
    assert "<dt><code>hotline</code></dt> <dd>no value</dd>" in text


def test_the_preview_is_switched_to_another_group(english):
    robots = [make_robot(name, group_name=f"Shop {name}", variables={"manager": f"M{name}"}) for name in "ab"]
    text = preview(english, *robots, text="Ask {{ manager }}", shown=robots[1].pk)
    assert '<div class="dt-bubble dt-text">Ask <span class="dt-from" title="{{ manager }} · from the robot">Mb' in text
    assert f'<option value="{robots[1].pk}" selected>Shop b · b</option>' in text
    assert ">Ma</span>" in preview(english, *robots, text="Ask {{ manager }}", shown="999999")
    assert ">Ma</span>" in preview(english, *robots, text="Ask {{ manager }}", shown="odd")


def test_the_shown_group_may_stand_far_down_in_a_long_audience(english):
    robots = [make_robot(f"r{number:03d}") for number in range(60)]
    assert ">r059<" in preview(english, *robots, text="{{ robot.name }}", shown=robots[59].pk)


def test_a_mistake_stands_beside_its_field(english):
    text = preview(english, make_robot(), text="one\n{{ robot.nam }}")
    told = "In the text, line 2, character 1: there is no variable “robot.nam”. Did you mean “robot.name”?"
    assert '<div class="remarks" id="remarks-text" hx-swap-oob="true"><p data-tone="bad">' in text
    assert text.count(told) == 2  # beside the field, and in what keeps it from being sent


def test_a_group_without_a_value_is_named(english):
    text = preview(english, make_robot("a"), make_robot("b", variables={"manager": "x"}), text="{{ manager }}")
    assert "{{ manager }} has no value for this group." in text


def test_without_a_group_an_address_that_is_a_variable_is_not_judged(english):
    form = {"msgtype": "link", "title": "t", "text": "x", "url": "https://a.example/{{ group }}"}
    assert "Write the link's address in full" not in text_of(
        english.post(reverse("broadcasts:draft_preview"), form, headers=HTMX)
    )


def test_the_compose_page_tells_which_variables_there_are(english):
    make_robot(variables={"manager": "Li"})
    text = text_of(english.get(reverse("broadcasts:draft_create")))
    assert "<dt><code>{{ manager }}</code></dt><dd>kept at robots and tags</dd>" in text
    assert "<dt><code>{{ run.date }}</code></dt>" in text


def test_a_draft_with_variables_is_launched_from_its_page(english):
    robots = [make_robot(name, variables={"manager": name.upper()}) for name in "ab"]
    draft = saved(*robots, text="Ask {{ manager }}")
    page = english.get(url_of(draft))
    assert 'from the robot">A</span>' in text_of(page)
    english.post(url_of(draft), page_form(page))
    broadcast = Broadcast.objects.get()
    assert broadcast.tailored
    assert broadcast.content == {"content": "Ask {{ manager }}"}
    assert list(Target.objects.values_list("variables", flat=True)) == [{"manager": "A"}, {"manager": "B"}]


def test_a_variable_that_changed_since_the_page_was_opened_is_shown_before_anything_is_sent(english):
    robot = make_robot("a", variables={"manager": "Li"})
    draft = saved(robot, text="Ask {{ manager }}")
    page = english.get(url_of(draft))
    Robot.objects.update(variables={"manager": "Han"})
    text = text_of(english.post(url_of(draft), page_form(page)))
    assert "Something changed since you opened this page" in text
    assert not Broadcast.objects.exists()


def test_the_launch_page_names_groups_that_lack_a_value_and_leaves_them_out(english):
    robots = [make_robot("a", variables={"manager": "Li"}), make_robot("b")]
    draft = saved(*robots, text="Ask {{ manager }}")
    text = text_of(english.get(url_of(draft)))
    assert "has no value for this group" in text
    page = english.post(url_of(draft, "leave-out/"), {"leave": robots[1].pk})
    assert "has no value for this group" not in text_of(page)


def test_a_shell_command_renders_as_well():
    make_robot("a", group_name="Shop A")
    out = io.StringIO()
    with translation.override("en"), pytest.raises(SystemExit):
        call_command("send", "--text", "{{ grup }}", "--all-robots", "--json", stdout=out)
    assert json.loads(out.getvalue())["refused"] == [
        {
            "robot": None,
            "code": "variable_unknown",
            "text": "In the text, line 1, character 1: there is no variable “grup”. Did you mean “group”?",
        }
    ]
    call_command("send", "--text", "{{ group }}", "--all-robots", "--at", "2099-01-01T09:00", stdout=io.StringIO())
    assert Broadcast.objects.get().tailored


def test_a_draft_without_a_name_is_called_as_it_was_written(english):
    robot = make_robot("a", group_name="Shop A")
    english.post(reverse("broadcasts:draft_create"), {"msgtype": "text", "text": "To {{ group }}", "robots": robot.pk})
    assert Draft.objects.get().name == "To {{ group }}"
