"""Who is in which group, as far as it is noted, and which groups are external."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from audit.models import Entry
from robots.imports.mistakes import ImportRefused
from robots.imports.recipients import import_recipients
from robots.imports.robots import import_robots
from robots.models import Organisation, Recipient, Robot
from robots.services.groups import forget_member, note_member
from robots.services.recipients import update_recipient
from robots.tests.pages import text_of
from tests.factories import fake_token, make_list, make_recipient, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


def test_a_person_is_noted_in_groups_on_their_own_page(english: Client) -> None:
    north, south = make_robot("north", group_name="北区群"), make_robot("south", group_name="南区群")
    person = make_recipient("张三", mobile="13800001234")
    edit = f"/robots/recipients/{person.pk}/edit/"
    assert "北区群 · north" in text_of(english.get(edit))
    form = {"name": "张三", "mobile": "13800001234", "user_id": "", "groups": [north.pk, south.pk]}
    english.post(edit, form)
    assert set(person.groups.all()) == {north, south}
    assert Entry.objects.get(action="recipient.updated").detail == {"groups": [[], ["北区群", "南区群"]]}


def test_a_change_that_does_not_speak_of_groups_keeps_them() -> None:
    person = make_recipient("Li", mobile="13800001234")
    person.groups.add(make_robot())
    values = {"name": "Li", "mobile": "13800001234", "user_id": "li", "notes": "", "lists": [make_list()]}
    update_recipient(person, **values, by=LI)
    assert person.groups.count() == 1


def test_people_are_found_noted_and_taken_off_on_the_robot_s_page(english: Client) -> None:
    robot, person = make_robot("north", group_name="北区群"), make_recipient("张三", mobile="13800001234")
    page = f"/robots/{robot.pk}/members/"
    assert "Nobody is noted yet" in text_of(english.get(page))
    assert "张三" in text_of(english.get(f"{page}?q=张"))
    answer = english.post(f"{page}{person.pk}/add/", {"q": "张"}, follow=True)
    assert "It is noted that 张三 is in the group." in text_of(answer)
    assert answer.redirect_chain[0][0].endswith("?q=%E5%BC%A0")
    assert "138****1234" in text_of(answer)
    assert "13800001234" not in answer.content.decode()
    assert "1 person noted" in text_of(english.get(f"/robots/{robot.pk}/"))
    english.post(f"{page}{person.pk}/remove/")
    assert not robot.members.exists()
    entries = Entry.objects.filter(action="robot.updated").order_by("number")
    assert list(entries.values_list("detail", flat=True)) == [{"member_noted": "张三"}, {"member_forgotten": "张三"}]


def test_noting_twice_is_noting_once() -> None:
    robot, person = make_robot(), make_recipient()
    assert note_member(robot, person, by=LI)
    assert not note_member(robot, person, by=LI)
    assert forget_member(robot, person, by=LI)
    assert not forget_member(robot, person, by=LI)
    assert Entry.objects.count() == 2


def test_the_members_page_takes_as_many_queries_for_many(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    robot = make_robot()
    robot.members.set([make_recipient() for _number in range(60)])
    with django_assert_num_queries(6):  # session, user, robot, members, whether there is anybody, banner
        english.get(f"/robots/{robot.pk}/members/")


def test_an_import_notes_groups_by_their_name_or_their_robot_s() -> None:
    one, two = make_robot("one", group_name="值班群"), make_robot("two", group_name="值班群")
    other = make_robot("other", group_name="门店群")
    import_recipients("姓名,手机号,所在群\n张三,13800001234,值班群；other\n".encode(), by=LI)
    assert set(Recipient.objects.get().groups.all()) == {one, two, other}


def test_an_import_with_an_unknown_group_writes_nothing() -> None:
    with pytest.raises(ImportRefused) as refused:
        import_recipients(b"name,mobile,groups\nLi,13800001234,nowhere\n", by=LI)
    assert [(one.line, one.column) for one in refused.value.mistakes] == [(2, "groups")]
    assert not Recipient.objects.exists()


@pytest.mark.parametrize(("cell", "external"), [("yes", True), ("是", True), ("", False), ("No", False)])
def test_robots_are_imported_with_their_external_mark(cell: str, external: bool) -> None:
    hq = Organisation.objects.create(name="HQ")
    webhook = f"https://oapi.dingtalk.com/robot/send?access_token={fake_token()}"
    import_robots(f"name,webhook,external\nops,{webhook},{cell}\n".encode(), organisation=hq, by=LI)
    assert Robot.objects.get().external is external


def test_an_odd_external_mark_is_a_mistake() -> None:
    hq = Organisation.objects.create(name="HQ")
    webhook = f"https://oapi.dingtalk.com/robot/send?access_token={fake_token()}"
    with pytest.raises(ImportRefused) as refused:
        import_robots(f"name,webhook,外部群\nops,{webhook},perhaps\n".encode(), organisation=hq, by=LI)
    assert [one.column for one in refused.value.mistakes] == ["external"]


def test_a_group_is_marked_as_external_on_its_robot_s_page(english: Client) -> None:
    robot = make_robot("ops", group_name="Partners")
    form = {"name": "ops", "group_name": "Partners", "organisation": robot.organisation_id, "external": "on"}
    answer = english.post(f"/robots/{robot.pk}/edit/", form, follow=True)
    assert "External group" in text_of(answer)
    robot.refresh_from_db()
    assert robot.external
    assert Entry.objects.get(action="robot.updated").detail == {"external": [False, True]}
