import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"


@pytest.fixture
def user():
    return make_user("li")


def sign_in(client: Client, name: str, password: str):
    return client.post(reverse("account_login"), {"login": name, "password": password}, REMOTE_ADDR="10.1.2.3")


def the_entry(action: str) -> Entry:
    return Entry.objects.get(action=action)


def test_signing_in_is_on_record_with_the_address_it_came_from(client, user):
    sign_in(client, "li", PASSWORD)
    entry = the_entry("user.signed_in")
    assert (entry.actor, entry.actor_name, entry.address) == (user, "li", "10.1.2.3")


def test_signing_out_is_on_record(client, user):
    sign_in(client, "li", PASSWORD)
    client.post(reverse("account_logout"))
    assert the_entry("user.signed_out").actor == user


def test_a_wrong_password_is_on_record_against_the_account_it_was_tried_on(client, user):
    sign_in(client, "li", "wrong-horse-battery")
    entry = the_entry("user.sign_in_failed")
    assert (entry.actor_name, entry.target_label, entry.address) == ("not signed in", "li", "10.1.2.3")


def test_what_was_typed_for_an_unknown_name_is_not_kept_for_it_may_be_a_password(client, user):
    sign_in(client, PASSWORD, "li")
    entry = the_entry("user.sign_in_failed")
    assert PASSWORD not in "".join(str(value) for value in vars(entry).values())
    assert entry.detail == {"account": "unknown"}


def test_a_changed_password_is_on_record_and_neither_password_is(client, user):
    sign_in(client, "li", PASSWORD)
    new = "another-horse-battery"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post(reverse("account_change_password"), fields)
    assert the_entry("user.password_changed").actor == user
    everything = "".join(str(vars(entry)) for entry in Entry.objects.all())
    assert PASSWORD not in everything
    assert new not in everything
