"""Robots in whose groups messages are tried out: marked on their page or in the file, shown in the list."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from audit.actors import Actor
from audit.models import Entry
from robots.imports.robots import import_robots
from robots.models import Robot
from tests.factories import fake_token, make_organisation, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


def test_a_robot_is_marked_for_tests_on_its_page_and_the_list_shows_it(english: Client) -> None:
    robot = make_robot("ops")
    assert "For tests" not in english.get(reverse("robots:list")).content.decode()
    typed = {"name": "ops", "group_name": "Ops", "organisation": robot.organisation_id, "for_tests": "on"}
    english.post(reverse("robots:edit", args=[robot.pk]), typed, follow=True)
    robot.refresh_from_db()
    assert robot.for_tests
    assert Entry.objects.get(action="robot.updated").detail["for_tests"] == [False, True]
    assert "For tests" in english.get(reverse("robots:list")).content.decode()
    assert "For tests" in english.get(reverse("robots:detail", args=[robot.pk])).content.decode()


@pytest.mark.parametrize(("cell", "marked"), [("yes", True), ("是", True), ("no", False), ("", False)])
def test_a_file_may_say_which_robots_are_for_tests(cell: str, marked: bool) -> None:
    webhook = f"https://oapi.dingtalk.com/robot/send?access_token={fake_token()}"
    data = f"name,webhook,for_tests\nops,{webhook},{cell}\n".encode()
    import_robots(data, organisation=make_organisation(), by=LI)
    assert Robot.objects.get().for_tests is marked
