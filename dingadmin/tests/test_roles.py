from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from dingadmin.roles import ROLES, make_missing_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_roles() -> None:
    Group.objects.all().delete()


def test_the_roles_are_made_with_their_permissions() -> None:
    assert make_missing_roles() == ["Viewers", "Composers", "Senders", "Robot managers", "Auditors"]

    for name, permissions in ROLES.items():
        user = make_user(name)
        user.groups.add(Group.objects.get(name=name))
        assert user.get_all_permissions() == set(permissions)


def test_only_senders_may_send_and_only_auditors_may_read_the_audit_log() -> None:
    assert [name for name, rights in ROLES.items() if "broadcasts.send_broadcast" in rights] == ["Senders"]
    assert [name for name, rights in ROLES.items() if "audit.view_entry" in rights] == ["Auditors"]
    assert [name for name, rights in ROLES.items() if "robots.add_robot" in rights] == ["Robot managers"]


def test_a_role_that_an_administrator_changed_stays_so() -> None:
    make_missing_roles()
    Group.objects.get(name="Senders").permissions.clear()

    assert make_missing_roles() == []
    assert Group.objects.get(name="Senders").permissions.count() == 0


def test_a_role_with_a_right_that_does_not_exist_is_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLES, "Viewers", ("robots.view_robot", "robots.fly_robot"))

    with pytest.raises(LookupError, match="fly_robot"):
        make_missing_roles()
