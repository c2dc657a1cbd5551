from __future__ import annotations

from collections.abc import Iterable

import pytest

from messages.services import audience
from messages.services.audience import Audience, as_they_are_now, resolve_audience
from robots.models import Robot, RobotStatus, Tag
from tests.factories import make_organisation, make_robot, make_tag

pytestmark = pytest.mark.django_db


def names(robots: Iterable[Robot]) -> list[str]:
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
    assert names(resolve_audience(all_robots=False, robots=[], tags=[])) == []
    assert len(resolve_audience(all_robots=False, robots=Robot.objects.none(), tags=Tag.objects.none())) == 0


def test_paused_robots_are_in_it_for_the_check_to_tell():
    robot = make_robot("a", status=RobotStatus.PAUSED, paused_reason="by_person")
    assert names(resolve_audience(all_robots=False, robots=[robot], tags=[])) == ["a"]


def test_robots_of_the_simulator_are_in_it_only_while_it_is_mounted(settings):
    make_robot("demo", organisation=make_organisation(simulated=True))
    make_robot("real")
    assert names(resolve_audience(all_robots=True, robots=[], tags=[])) == ["demo", "real"]
    settings.DINGADMIN_SIMULATOR = False
    assert names(resolve_audience(all_robots=True, robots=[], tags=[])) == ["real"]


def test_it_takes_one_query_however_many_robots(django_assert_num_queries):
    tag = make_tag()
    for number in range(20):
        make_robot(f"r{number:02}", organisation=make_organisation(), tags=[tag])
    chosen = Robot.objects.filter(name__lt="r10")
    with django_assert_num_queries(1):
        assert len(resolve_audience(all_robots=False, robots=chosen, tags=Tag.objects.all())) == 20


def test_an_audience_is_read_in_parts_and_never_whole(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(audience, "ROWS_PER_QUERY", 4)
    for number in range(10):
        make_robot(f"r{number:02}")
    found = resolve_audience(all_robots=True, robots=[], tags=[])
    assert [len(part) for part in found.parts()] == [4, 4, 2]
    robots = iter(found)
    with django_assert_num_queries(1):
        assert names(next(robots) for _ in range(4)) == ["r00", "r01", "r02", "r03"]
    with django_assert_num_queries(1):
        assert next(robots).name == "r04"


def test_an_audience_shows_its_robots_as_they_are_when_it_is_gone_through():
    robot, other = make_robot("a"), make_robot("b")
    found = Audience.of([robot, other, robot])
    Robot.objects.filter(pk=robot.pk).update(status=RobotStatus.PAUSED, paused_reason="by_person")
    other.delete()
    assert [(each.name, each.status) for each in found] == [("a", RobotStatus.PAUSED)]
    assert len(found) == 2


def test_looking_again_keeps_the_order_and_leaves_out_what_was_deleted(django_assert_num_queries):
    first, second, third = make_robot("c"), make_robot("a"), make_robot("b")
    given = [third.pk, second.pk, first.pk]
    second.delete()
    with django_assert_num_queries(1):
        assert names(as_they_are_now(given)) == ["b", "c"]


def test_what_a_launch_reads_of_a_robot_is_neither_token_nor_secret(django_assert_num_queries):
    """So that neither is decrypted, copied or kept for robots by the thousand."""
    robot = make_robot()
    (read,) = as_they_are_now([robot.pk])
    assert {"token_encrypted", "secret_encrypted", "notes"} <= read.get_deferred_fields()
    with django_assert_num_queries(0):
        assert (read.keywords, read.variables, read.footer, read.organisation_id) == ([], {}, "", robot.organisation_id)
