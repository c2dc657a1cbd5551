from __future__ import annotations

import pytest

from messages.services.audience import as_they_are_now, resolve_audience
from robots.models import Robot, RobotStatus, Tag
from tests.factories import make_organisation, make_robot, make_tag

pytestmark = pytest.mark.django_db


def names(robots: list[Robot]) -> list[str]:
    return [robot.name for robot in robots]


def test_robots_and_tags_make_one_audience_in_the_order_of_names():
    north, south = make_tag("north"), make_tag("south")
    make_robot("d", tags=[north])
    make_robot("b", tags=[north, south])
    a, c = make_robot("a"), make_robot("c", tags=[south])
    make_robot("elsewhere")

    assert names(resolve_audience(all_robots=False, robots=[c, a], tags=[north, south])) == ["a", "b", "c", "d"]


def test_a_robot_chosen_by_name_and_by_several_tags_is_in_it_once():
    north, south = make_tag(), make_tag()
    robot = make_robot("a", tags=[north, south])
    assert names(resolve_audience(all_robots=False, robots=[robot, robot], tags=[north, south])) == ["a"]


def test_all_robots_means_every_one():
    for name in ("b", "a", "c"):
        make_robot(name)
    assert names(resolve_audience(all_robots=True, robots=[], tags=[])) == ["a", "b", "c"]


def test_nothing_chosen_is_nobody():
    make_robot()
    assert resolve_audience(all_robots=False, robots=[], tags=[]) == []
    assert resolve_audience(all_robots=False, robots=Robot.objects.none(), tags=Tag.objects.none()) == []


def test_paused_robots_are_in_it_for_the_check_to_tell():
    robot = make_robot("a", status=RobotStatus.PAUSED, paused_reason="by_person")
    assert names(resolve_audience(all_robots=False, robots=[robot], tags=[])) == ["a"]


def test_robots_of_the_simulator_are_in_it_only_while_it_is_mounted(settings):
    make_robot("demo", organisation=make_organisation(simulated=True))
    make_robot("real")
    assert names(resolve_audience(all_robots=True, robots=[], tags=[])) == ["demo", "real"]
    settings.DINGADMIN_SIMULATOR = False
    assert names(resolve_audience(all_robots=True, robots=[], tags=[])) == ["real"]


def test_it_takes_two_queries_however_many_robots(django_assert_num_queries):
    tag = make_tag()
    for number in range(20):
        make_robot(f"r{number:02}", organisation=make_organisation(), tags=[tag])
    chosen = Robot.objects.filter(name__lt="r10")
    with django_assert_num_queries(2):
        robots = resolve_audience(all_robots=False, robots=chosen, tags=Tag.objects.all())
        assert len({robot.organisation.name for robot in robots}) == 20


def test_looking_again_keeps_the_order_and_leaves_out_what_was_deleted(django_assert_num_queries):
    first, second, third = make_robot("c"), make_robot("a"), make_robot("b")
    Robot.objects.filter(pk=third.pk).update(status=RobotStatus.PAUSED, paused_reason="by_person")
    given = [third, second, third, first]
    Robot.objects.get(pk=second.pk).delete()
    with django_assert_num_queries(1):
        found = as_they_are_now(given)
    assert names(found) == ["b", "c"]
    assert found[0].status == RobotStatus.PAUSED
