import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from audit.actors import SYSTEM
from audit.log import record
from audit.models import Entry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def new_user_fields(name: str) -> dict[str, str]:
    return {
        "username": name,
        "usable_password": "true",
        "password1": "correct-horse-battery",
        "password2": "correct-horse-battery",
    }


def test_a_new_user_is_on_record(staff_client, admin):
    staff_client.post(reverse("admin:auth_user_add"), new_user_fields("wang"))
    entry = Entry.objects.get(action="user.created")
    assert (entry.actor, entry.target_label) == (admin, "wang")


def test_a_changed_user_is_on_record_with_the_fields_and_without_their_values(staff_client):
    user = make_user("wang")
    response = staff_client.post(
        reverse("admin:auth_user_change", args=[user.pk]),
        {
            "username": "wang",
            "email": "wang@example.com",
            "is_active": "on",
            "is_staff": "on",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "00:00:00",
        },
    )
    assert response.status_code == 302
    entry = Entry.objects.get(action="user.updated")
    assert "Email address" in entry.detail["changed"]
    assert "wang@example.com" not in str(entry.detail)


def test_a_new_password_is_on_record_and_not_in_the_record(staff_client):
    user = make_user("wang")
    password = "another-horse-battery"
    response = staff_client.post(
        reverse("admin:auth_user_password_change", args=[user.pk]),
        {"usable_password": "true", "password1": password, "password2": password},
    )
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.check_password(password)
    assert password not in str(Entry.objects.get(action="user.updated").detail)


def test_a_deleted_user_is_on_record_and_so_are_groups(staff_client):
    user = make_user("wang")
    staff_client.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"})
    assert not User.objects.filter(username="wang").exists()
    assert Entry.objects.get(action="user.deleted").target_label == "wang"
    staff_client.post(reverse("admin:auth_group_add"), {"name": "writers"})
    assert Entry.objects.get(action="group.created").target_label == "writers"


def test_the_log_can_be_read_in_the_admin_and_not_written(staff_client):
    entry = record("robot.paused", by=SYSTEM)
    page = staff_client.get(reverse("admin:audit_entry_changelist"))
    assert "robot.paused" in page.content.decode()
    assert staff_client.get(reverse("admin:audit_entry_add")).status_code == 403
    assert staff_client.post(reverse("admin:audit_entry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    staff_client.post(reverse("admin:audit_entry_change", args=[entry.pk]), {"action": "robot.resumed"})
    entry.refresh_from_db()
    assert entry.action == "robot.paused"
