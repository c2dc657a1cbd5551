"""Simulated groups: the list, the form, starting anew."""

from __future__ import annotations

import pytest
from django.test import Client

from simulator.groups import Member
from simulator.models import ChatMessage, FaultKind, Group, GroupState, Knobs, LoggedCall, Window
from simulator.tests.support import make_group, page, send, set_fault, set_knobs, text_of

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])


def test_the_list_shows_each_group_with_what_its_robot_asks_for(staff_client: Client) -> None:
    group = make_group("ops", signed=True, keywords=["alarm"], state=GroupState.STOPPED)
    send(make_group("office"), {"msgtype": "text", "text": {"content": "the newest words"}})
    shown = text_of(staff_client, page("groups"))
    assert group.secret not in shown
    assert group.token not in shown
    for words in ("ops", "alarm", str(GroupState.STOPPED.label), "office", "the newest words"):
        assert words in shown


def test_the_list_finds_a_group_by_its_name(staff_client: Client) -> None:
    make_group("ops")
    make_group("office")
    shown = text_of(staff_client, f"{page('groups')}?q=OFF")
    assert ("office" in shown, ">ops<" in shown) == (True, False)


def test_the_list_goes_on_to_further_pages_and_back(staff_client: Client) -> None:
    for number in range(55):
        make_group(f"g{number:02}")
    first = staff_client.get(page("groups"))
    assert first.context["page"].previous_url == ""
    second = staff_client.get(f"{page('groups')}{first.context['page'].next_url}")
    assert [row.group.name for row in second.context["rows"]] == [f"g{number:02}" for number in range(50, 55)]
    assert second.context["page"].next_url == ""
    back = staff_client.get(f"{page('groups')}{second.context['page'].previous_url}")
    assert [row.group.name for row in back.context["rows"]] == [f"g{number:02}" for number in range(50)]


def test_an_empty_list_says_what_to_do_first(staff_client: Client) -> None:
    assert page("group_create") in text_of(staff_client, page("groups"))


def test_a_group_is_added_with_a_webhook_and_a_secret_to_paste(staff_client: Client) -> None:
    form = {
        "name": "ops",
        "robot_name": "Ops robot",
        "signed": "on",
        "keywords": "alarm， notice\nalarm",
        "ip_ranges": "192.0.2.7; 192.0.2.0/24",
        "members": "Zhang San, 13800000001, zhang\n\nLi Si，13800000002",
        "state": "ok",
        "quota_left": "",
    }
    response = staff_client.post(page("group_create"), form)
    group = Group.objects.get()
    assert response.url == page("group", group)
    assert group.keywords == ["alarm", "notice"]
    assert group.ip_ranges == ["192.0.2.7", "192.0.2.0/24"]
    assert group.members == [
        {"name": "Zhang San", "mobile": "13800000001", "user_id": "zhang"},
        {"name": "Li Si", "mobile": "13800000002", "user_id": ""},
    ]
    shown = text_of(staff_client, page("group", group))
    assert f"/simulator/robot/send?access_token={group.token}" in shown
    assert group.secret.startswith("SEC")
    assert group.secret in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "taken"),
        ("keywords", ",".join("abcdefghijk")),
        ("ip_ranges", "192.0.2.300"),
        ("ip_ranges", "2001:db8::1"),
        ("members", ", 13800000001"),
        ("quota_left", "-1"),
        ("state", "asleep"),
    ],
)
def test_a_group_that_cannot_be_is_refused_beside_the_field(staff_client: Client, field: str, value: str) -> None:
    make_group("taken")
    form = {"name": "ops", "robot_name": "r", "state": "ok", field: value}
    response = staff_client.post(page("group_create"), form)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert Group.objects.count() == 1


def test_changing_a_group_keeps_its_token_and_its_secret(staff_client: Client) -> None:
    group = make_group("ops", signed=True, keywords=["alarm"], members=[Member("Zhang", "13800000001")])
    form = {"name": "ops 2", "robot_name": "r", "signed": "on", "state": "removed", "quota_left": "7"}
    assert staff_client.post(page("group_edit", group), form).url == page("group", group)
    changed = Group.objects.get()
    assert (changed.token, changed.secret) == (group.token, group.secret)
    assert (changed.name, changed.keywords, changed.state, changed.quota_left) == ("ops 2", [], "removed", 7)


def test_signing_is_switched_off_and_on_again_with_another_secret(staff_client: Client) -> None:
    group = make_group("ops", signed=True)
    form = {"name": "ops", "robot_name": "r", "state": "ok"}
    staff_client.post(page("group_edit", group), form)
    assert Group.objects.get().secret == ""
    staff_client.post(page("group_edit", group), {**form, "signed": "on"})
    assert Group.objects.get().secret not in ("", group.secret)


def test_the_form_shows_what_the_group_has(staff_client: Client) -> None:
    group = make_group("ops", keywords=["alarm"], members=[Member("Zhang", "13800000001", "zhang"), Member("Li", "1")])
    shown = text_of(staff_client, page("group_edit", group))
    assert "Zhang, 13800000001, zhang\nLi, 1" in shown
    assert 'value="alarm"' in shown


def test_a_group_starts_anew_after_a_question(staff_client: Client) -> None:
    group, other = make_group("ops", state=GroupState.STOPPED, quota_left=0), make_group("other")
    set_knobs(group, strict=False)
    set_knobs(limit=5)
    set_fault(FaultKind.EMPTY, group)
    send(group)
    send(other)
    assert staff_client.get(page("group_reset", group)).status_code == 200
    assert group.calls.count() == 1
    staff_client.post(page("group_reset", group))
    group.refresh_from_db()
    assert (group.calls.count(), group.faults.count(), group.state, group.quota_left) == (0, 0, "ok", None)
    assert [knobs.group for knobs in Knobs.objects.all()] == [None]
    assert (Window.objects.count(), other.messages.count()) == (1, 1)


def test_a_group_is_deleted_after_a_question(staff_client: Client) -> None:
    group = make_group("ops")
    send(group)
    assert staff_client.get(page("group_delete", group)).status_code == 200
    assert staff_client.post(page("group_delete", group)).url == page("groups")
    assert [model.objects.count() for model in (Group, ChatMessage, LoggedCall, Window)] == [0, 0, 0, 0]
