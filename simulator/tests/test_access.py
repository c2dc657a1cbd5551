"""Who may look and who may change, and what the pages cost."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connections
from django.test import Client
from django.urls import reverse

from simulator.tests.support import make_group, page, send

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])

READ = [
    ("groups", False),
    ("calls", False),
    ("behaviour", False),
    ("group", True),
    ("new_messages", True),
    ("group_calls", True),
    ("group_behaviour", True),
]
WRITE = [
    ("group_create", False),
    ("group_edit", True),
    ("group_reset", True),
    ("group_delete", True),
    ("save_knobs", False),
    ("drop_knobs", False),
    ("add_fault", False),
    ("group_save_knobs", True),
    ("group_drop_knobs", True),
    ("group_add_fault", True),
]
POST_ONLY = {"save_knobs", "drop_knobs", "add_fault", "group_save_knobs", "group_drop_knobs", "group_add_fault"}


@pytest.mark.parametrize(("name", "of_group"), READ + WRITE)
def test_a_stranger_is_sent_to_sign_in(stranger: Client, name: str, of_group: bool) -> None:
    address = page(name, make_group() if of_group else None)
    response = stranger.post(address) if name in POST_ONLY else stranger.get(address)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize(("name", "of_group"), READ + WRITE)
def test_nobody_without_permission_comes_in(powerless_client: Client, name: str, of_group: bool) -> None:
    address = page(name, make_group() if of_group else None)
    response = powerless_client.post(address) if name in POST_ONLY else powerless_client.get(address)
    assert response.status_code == 403


@pytest.mark.parametrize(("name", "of_group"), READ + WRITE)
def test_who_may_look_at_robots_may_look_and_change_nothing(client: Client, name: str, of_group: bool) -> None:
    reader = User.objects.create_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_robot"))
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    address = page(name, make_group() if of_group else None)
    response = client.post(address) if name in POST_ONLY else client.get(address)
    assert response.status_code == (403 if (name, of_group) in WRITE else 204 if name == "new_messages" else 200)


@pytest.mark.parametrize(("name", "of_group"), READ)
def test_pages_to_look_at_take_no_post(staff_client: Client, name: str, of_group: bool) -> None:
    assert staff_client.post(page(name, make_group() if of_group else None)).status_code == 405


@pytest.mark.parametrize(("name", "of_group"), [row for row in WRITE if row[0] in POST_ONLY])
def test_acts_take_no_get(staff_client: Client, name: str, of_group: bool) -> None:
    assert staff_client.get(page(name, make_group() if of_group else None)).status_code == 405


@pytest.mark.parametrize("name", ["call", "remove_fault"])
def test_pages_of_a_single_row_are_closed_as_well(stranger: Client, powerless_client: Client, name: str) -> None:
    address = reverse(f"simulator:{name}", args=[1])
    statuses = [client.post(address).status_code for client in (stranger, powerless_client)]
    assert statuses == ([302, 403] if name == "remove_fault" else [405, 405])
    if name == "call":
        assert [client.get(address).status_code for client in (stranger, powerless_client)] == [302, 403]


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("name", ["groups", "calls"])
def test_a_list_takes_one_statement_however_long(
    staff_client: Client, django_assert_num_queries: object, name: str, rows: int
) -> None:
    for number in range(rows):
        send(make_group(f"g{number}"))
    with django_assert_num_queries(1, connection=connections["simulator"]):  # type: ignore[operator]
        staff_client.get(page(name))


def test_a_chat_takes_two_statements_however_long(staff_client: Client, django_assert_num_queries: object) -> None:
    group = make_group()
    for _message in range(15):
        send(group)
    with django_assert_num_queries(2, connection=connections["simulator"]):  # type: ignore[operator]
        staff_client.get(page("group", group))
