"""Who may see and do what, asked of every address that there is: a page added later is asked, too."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client

from tests.addresses import Address, every_address
from tests.factories import make_user
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])

# Whoever comes along may use these: they are how one comes in, or what the whole internet could call.
PUBLIC = {
    "account_login",
    "account_logout",  # sends a stranger to the page they came from, the entrance
    "account_inactive",
    "account_signup",  # says that it is closed
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "set_language",
    "set_theme",
    "healthz",  # for probes, which cannot sign in: one word
    "readyz",  # likewise: a word for each part
    "metrics",  # not there for them, or with a token
    "simulator:send",
    "simulator:-",
    "simulator:elsewhere",
    "admin:jsi18n",  # the words of the admin's own scripts
}
# Whoever is signed in may use these: they concern nobody but themselves, or say what every page says.
OWN = {
    "overview",
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "broadcasts:sending_state",  # the banner while all sending is stopped
}
# Asked by POST because of what they are given, not because they would change anything.
READ_BY_POST = {
    "audit:verify",
    "broadcasts:draft_kept",
    "broadcasts:draft_launch_preview",
    "broadcasts:draft_own_words_add",
    "broadcasts:draft_own_words_remove",
    "broadcasts:draft_pick",
    "broadcasts:draft_preview",
    "broadcasts:draft_put_back",
    "broadcasts:draft_row_add",
    "broadcasts:draft_row_down",
    "broadcasts:draft_row_remove",
    "broadcasts:draft_row_up",
    "broadcasts:draft_type",
}
# Open to whoever may see the list, and put on record: that is the one row that they write.
RECORDED = {
    "robots:export_csv",
    "robots:export_xlsx",
    "robots:recipient_export_csv",
    "robots:recipient_export_xlsx",
}
LOGIN = "/accounts/login/"

ADDRESSES = every_address()
GUARDED = [address for address in ADDRESSES if address.name not in PUBLIC]


@pytest.fixture
def world(admin: User) -> World:
    return make_world(admin)


def answers(client: Client, world: World, addresses: Iterable[Address], verb: str) -> dict[str, int]:
    """The status that each address ends with; 302 when it ends at the sign-in page."""
    return {str(address): _answer(client, world.path(address), verb) for address in addresses}


def _answer(client: Client, path: str, verb: str) -> int:
    response = getattr(client, verb)(path)
    hops = 0
    while response.status_code in (301, 302) and hops < 5:
        if response.headers["Location"].startswith(LOGIN):
            return 302
        response, hops = client.get(response.headers["Location"]), hops + 1
    return int(response.status_code)


def _other_than(seen: dict[str, int], *expected: int) -> dict[str, int]:
    return {address: status for address, status in seen.items() if status not in expected}


def counts() -> dict[str, int]:
    """How many rows every table has, but for sign-ins."""
    models = [model for model in apps.get_models() if model is not Session]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_the_lists_of_exceptions_name_addresses_that_exist() -> None:
    assert {address.name for address in ADDRESSES} >= PUBLIC | OWN | READ_BY_POST | RECORDED


def test_a_stranger_is_sent_to_sign_in_everywhere(stranger: Client, world: World) -> None:
    got, posted = (answers(stranger, world, GUARDED, verb) for verb in ("get", "post"))
    assert _other_than(got, 302, 405) == {}
    assert _other_than(posted, 302, 405) == {}
    # Else an address that asks nobody to sign in would pass for one that refuses both verbs.
    assert [address for address in got if 302 not in (got[address], posted[address])] == []


def test_whoever_may_nothing_is_refused_everywhere(powerless_client: Client, world: World) -> None:
    addresses = [address for address in GUARDED if address.name not in OWN]
    for verb in ("get", "post"):
        assert _other_than(answers(powerless_client, world, addresses, verb), 403, 405) == {}


def test_whoever_may_only_look_changes_nothing_anywhere(world: World) -> None:
    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    before = counts()

    addresses = [address for address in GUARDED if address.name not in OWN | READ_BY_POST | RECORDED]
    for verb in ("post", "put", "patch", "delete"):
        assert _other_than(answers(client, world, addresses, verb), 403, 405) == {}
    answers(client, world, [address for address in GUARDED if address.name in READ_BY_POST], "post")
    assert counts() == before


def test_a_verb_that_no_page_knows_is_refused_everywhere(staff_client: Client, world: World) -> None:
    ours = [address for address in GUARDED if not address.route.startswith(("admin/", "accounts/"))]
    for verb in ("put", "patch", "delete"):
        assert _other_than(answers(staff_client, world, ours, verb), 405) == {}


def test_opening_every_address_changes_nothing(staff_client: Client, world: World) -> None:
    """A link in a mail, or a browser that looks ahead, must not act. And no page breaks on what is in the database."""
    before = counts()
    ours = [address for address in GUARDED if not address.route.startswith("admin/")]
    assert _other_than(answers(staff_client, world, ours, "get"), 200, 405) == {}
    # Django's admin answers 403 where it has nothing to add or to delete, and 404 to what it does not know.
    admins = [address for address in GUARDED if address.route.startswith("admin/")]
    assert _other_than(answers(staff_client, world, admins, "get"), 200, 403, 404, 405) == {}
    assert counts() == before


def test_a_row_that_is_not_there_is_not_found(staff_client: Client) -> None:
    ours = [address for address in GUARDED if "pk" in address.parameters and not address.route.startswith("admin/")]
    values = {"pk": 987654321, "recipient_pk": 987654321, "number": 1}
    seen = {str(address): staff_client.get(address.path(values)).status_code for address in ours}
    assert _other_than(seen, 404, 405) == {}
