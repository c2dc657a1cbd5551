"""The demo of a fresh start: what it holds, that it can be sent to, and that one step removes all of it."""

from __future__ import annotations

import time

import pytest
import requests
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from audit.actors import SYSTEM
from audit.models import Entry
from dingadmin import demo, demo_data
from dingtalk.payloads import At, Text, build
from dingtalk.webhook import send_url
from messages.models import Broadcast, Delivery, Draft
from robots.encryption import decrypt
from robots.models import Organisation, Recipient, RecipientList, Robot, Tag
from simulator.models import Group, GroupState
from tests.factories import make_broadcast, make_delivery, make_recipient, make_robot, make_run, make_tag

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])
REMOVE = "/demo/remove/"


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: object) -> None:
    settings.HOME = type(settings.HOME)(tmp_path)  # type: ignore[attr-defined]


def test_the_demo_has_a_dozen_groups_with_robots_in_every_security_mode() -> None:
    assert demo.seed_demo(by=SYSTEM)
    organisation = Organisation.objects.get(simulated=True)
    robots = list(organisation.robots.all())
    assert len(robots) == Group.objects.count() == 12
    modes = {(robot.has_secret, bool(robot.keywords), bool(robot.ip_ranges)) for robot in robots}
    assert {(True, False, False), (False, True, False), (False, False, True), (True, True, False)} <= modes
    assert Group.objects.filter(state=GroupState.STOPPED).exists()


def test_everything_of_the_demo_says_that_it_is_one() -> None:
    demo.seed_demo(by=SYSTEM)
    for model in (Robot, Tag, Recipient, RecipientList, Draft, Organisation, Group):
        assert all("演示" in row.name for row in model.objects.exclude(name="默认组织"))
    for model in (Tag, Recipient, RecipientList, Draft):
        assert model.objects.exists()
        assert not model.objects.filter(demo=False).exists()
    assert all(
        mobile.startswith("1380000000")
        for mobile in Recipient.objects.exclude(mobile="").values_list("mobile", flat=True)
    )


def test_a_robot_of_the_demo_has_the_token_and_secret_of_its_group() -> None:
    demo.seed_demo(by=SYSTEM)
    for robot in Robot.objects.all():
        group = Group.objects.get(name=robot.group_name)
        assert decrypt(robot.token_encrypted).reveal() == group.token
        assert (decrypt(robot.secret_encrypted).reveal() if robot.has_secret else "") == group.secret
        assert (robot.keywords, robot.ip_ranges) == (group.keywords, group.ip_ranges)


def test_a_second_seed_changes_nothing() -> None:
    demo.seed_demo(by=SYSTEM)
    tokens = set(Group.objects.values_list("token", flat=True))
    assert not demo.seed_demo(by=SYSTEM)
    assert set(Group.objects.values_list("token", flat=True)) == tokens


def test_groups_left_over_by_a_start_that_broke_off_are_made_anew() -> None:
    demo.seed_demo(by=SYSTEM)
    Robot.objects.all().delete()
    Organisation.objects.all().delete()
    for model in (Draft, RecipientList, Recipient, Tag):
        model.objects.all().delete()
    assert demo.seed_demo(by=SYSTEM)
    assert Group.objects.count() == 12


@pytest.mark.django_db(transaction=True, databases=["default", "simulator"])
def test_the_drafts_arrive_in_every_group_that_can_hear(simulator: str) -> None:
    demo.seed_demo(by=SYSTEM)
    content = demo_data.DRAFTS[0].content["content"]
    body = build(Text(content=content), At())
    deaf = {"演示-已停用机器人群", "演示-IP 不符群"}
    for group in Group.objects.exclude(name__in=deaf):
        address = send_url(base_url=simulator, token=group.token, secret=group.secret or None, timestamp_ms=_now_ms())
        headers = {"Content-Type": "application/json; charset=utf-8"}
        assert requests.post(address, data=body, headers=headers, timeout=5).json()["errcode"] == 0, group.name


def test_the_command_makes_the_demo_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo")
    call_command("seed_demo")
    assert capsys.readouterr().err.splitlines() == ["The demo is made.", "The demo is there already."]


def test_the_command_refuses_without_the_simulator(settings: object) -> None:
    settings.DINGADMIN_SIMULATOR = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="DINGADMIN_SIMULATOR"):
        call_command("seed_demo")


def test_one_step_removes_the_demo_and_nothing_else(staff_client: Client, settings: object) -> None:
    mine, tag, person = make_robot("mine"), make_tag("mine"), make_recipient("me", mobile="13911112222")
    demo.seed_demo(by=SYSTEM)
    mine.tags.set([tag, Tag.objects.filter(demo=True)[0]])
    settings.HOME.demo_marker.touch()  # type: ignore[attr-defined]
    question = staff_client.get(REMOVE).content.decode()
    assert "12" in question
    assert Robot.objects.count() == 13
    assert staff_client.post(REMOVE).url == reverse("overview")
    assert list(Robot.objects.all()) == [mine]
    assert list(mine.tags.all()) == list(Tag.objects.all()) == [tag]
    assert list(Recipient.objects.all()) == [person]
    for model in (RecipientList, Draft, Group):
        assert not model.objects.exists()
    assert not Organisation.objects.filter(simulated=True).exists()
    assert not settings.HOME.demo_marker.exists()  # type: ignore[attr-defined]


def test_removing_is_on_record(staff_client: Client) -> None:
    demo.seed_demo(by=SYSTEM)
    staff_client.post(REMOVE)
    entry = Entry.objects.get(action="demo.removed")
    assert (entry.actor_name, entry.detail["robots"], entry.detail["drafts"]) == ("admin", 12, 4)


def test_the_history_stays_readable(staff_client: Client) -> None:
    demo.seed_demo(by=SYSTEM)
    robot, draft = Robot.objects.all()[0], Draft.objects.all()[0]
    broadcast = make_broadcast(robots=[robot], draft=draft, status="fired")
    make_delivery(robot, run=make_run(broadcast), status="delivered")
    staff_client.post(REMOVE)
    delivery = Delivery.objects.get()
    assert (delivery.robot, delivery.robot_name) == (None, robot.name)
    assert Broadcast.objects.get().draft is None


def test_removing_twice_or_nothing_does_no_harm(staff_client: Client) -> None:
    assert staff_client.post(REMOVE).status_code == 302
    assert staff_client.post(REMOVE).status_code == 302


def test_rows_of_a_demo_go_without_the_simulator_as_well(staff_client: Client, settings: object) -> None:
    demo.seed_demo(by=SYSTEM)
    settings.DINGADMIN_SIMULATOR = False  # type: ignore[attr-defined]
    demo.remove_demo(by=SYSTEM)
    assert not Robot.objects.exists()
    assert Group.objects.count() == 12


def test_a_stranger_is_sent_to_sign_in(stranger: Client) -> None:
    assert stranger.post(REMOVE).url.startswith("/accounts/login/")


def test_who_may_not_delete_all_of_it_may_not_remove_the_demo(client: Client) -> None:
    user = User.objects.create_user("li")
    user.user_permissions.add(Permission.objects.get(codename="delete_robot"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(REMOVE).status_code == 403


def test_another_verb_is_refused(staff_client: Client) -> None:
    assert staff_client.put(REMOVE).status_code == 405


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
