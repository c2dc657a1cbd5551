from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from audit.actors import Actor
from audit.models import Entry
from robots.models import Edition, Organisation, Recipient, RecipientList, Tag
from robots.services.lists import add_member, create_list, delete_list, remove_member, rename_list, set_members
from robots.services.organisations import (
    HasRobotsError,
    create_organisation,
    delete_organisation,
    update_organisation,
)
from robots.services.recipients import RecipientTakenError, create_recipient, delete_recipient, update_recipient
from robots.services.tags import create_tag, delete_tag, update_tag
from tests.factories import make_list, make_organisation, make_recipient, make_robot, make_tag

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


def actions() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("action", flat=True))


def test_a_tag_lives_and_its_robots_outlive_it() -> None:
    tag = create_tag(name=" IT ", by=LI)
    robot = make_robot(tags=[tag])
    assert update_tag(tag, name="Operations", variables={}, by=LI).name == "Operations"
    delete_tag(tag, by=LI)
    assert not Tag.objects.exists()
    robot.refresh_from_db()
    assert actions() == ["tag.created", "tag.updated", "tag.deleted"]
    assert Entry.objects.get(action="tag.updated").detail == {"name": ["IT", "Operations"]}


def test_a_rename_to_the_same_name_leaves_no_entry() -> None:
    update_tag(make_tag("IT"), name=" IT", variables={}, by=LI)
    rename_list(make_list("Board"), name="Board", by=LI)
    assert actions() == []


def test_an_organisation_lives() -> None:
    made = create_organisation(name="HQ", edition=Edition.STANDARD, monthly_quota=3000, by=LI)
    changed = update_organisation(made, name="HQ", edition=Edition.PROFESSIONAL, monthly_quota=50_000, notes="", by=LI)
    assert (changed.edition, changed.monthly_quota) == ("professional", 50_000)
    delete_organisation(changed, by=LI)
    assert actions() == ["organisation.created", "organisation.updated", "organisation.deleted"]


def test_a_raised_quota_lets_the_organisation_send_again() -> None:
    made = make_organisation(monthly_quota=3000, quota_exhausted_until="2030-01-01T00:00Z")
    same = update_organisation(made, name="HQ", edition="standard", monthly_quota=3000, notes="", by=LI)
    assert same.quota_exhausted_until
    raised = update_organisation(made, name="HQ", edition="standard", monthly_quota=9000, notes="", by=LI)
    assert raised.quota_exhausted_until is None


def test_an_organisation_with_robots_stays() -> None:
    robot = make_robot()
    with pytest.raises(HasRobotsError):
        delete_organisation(robot.organisation, by=LI)
    assert Organisation.objects.count() == 1
    assert actions() == []


def test_a_recipient_lives_and_the_audit_log_sees_the_mobile_masked() -> None:
    board = make_list("Board")
    made = create_recipient(name="张三", mobile="+86 138-0000-1234", user_id="zhang3", lists=[board], by=LI)
    assert (made.mobile, list(made.lists.all())) == ("13800001234", [board])
    update_recipient(made, name="张三", mobile="13811111234", user_id="zhang3", notes="", lists=[], by=LI)
    delete_recipient(made, by=LI)
    assert actions() == ["recipient.created", "recipient.updated", "recipient.deleted"]
    update = Entry.objects.get(action="recipient.updated")
    assert update.detail == {"mobile": ["138****1234", "138****1234"], "lists": [["Board"], []]}
    assert "13800001234" not in str(Entry.objects.values())


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"mobile": "", "user_id": ""}, id="nobody could be mentioned"),
        pytest.param({"mobile": "123"}, id="no mobile"),
        pytest.param({"user_id": "张三"}, id="no userId"),
        pytest.param({"mobile": "13800001234", "name": ""}, id="no name"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        create_recipient(**{"name": "张三", "by": LI, **values})
    assert not Recipient.objects.exists()


def test_the_same_mobile_or_user_id_is_refused_with_the_recipient_that_has_it() -> None:
    zhang = make_recipient("张三", mobile="13800001234", user_id="zhang3")
    with pytest.raises(RecipientTakenError) as caught:
        create_recipient(name="李四", mobile="138 0000 1234", by=LI)
    assert (caught.value.recipient, caught.value.field) == (zhang, "mobile")
    other = make_recipient("李四")
    with pytest.raises(RecipientTakenError) as caught:
        update_recipient(other, name="李四", mobile="", user_id="zhang3", notes="", lists=[], by=LI)
    assert caught.value.field == "user_id"
    same = update_recipient(zhang, name="张三丰", mobile="13800001234", user_id="zhang3", notes="", lists=[], by=LI)
    assert same.name == "张三丰"


def test_a_list_lives_and_its_members_outlive_it() -> None:
    zhang, li = make_recipient("张三"), make_recipient("李四")
    board = create_list(name="Board", by=LI)
    assert add_member(board, zhang, by=LI)
    assert not add_member(board, zhang, by=LI)
    assert remove_member(board, zhang, by=LI)
    assert not remove_member(board, zhang, by=LI)
    set_members(board, [zhang, li], by=LI)
    set_members(board, [zhang, li], by=LI)
    rename_list(board, name="The board", by=LI)
    delete_list(board, by=LI)
    assert not RecipientList.objects.exists()
    assert Recipient.objects.count() == 2
    details = [entry.detail for entry in Entry.objects.order_by("number")]
    assert details == [
        {},
        {"added": "张三"},
        {"removed": "张三"},
        {"added": 2, "removed": 0},
        {"name": ["Board", "The board"]},
        {"members": 2},
    ]
