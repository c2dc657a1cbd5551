"""Who may open which page, and with which verb."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from robots.models import Recipient, RecipientList, Tag
from robots.urls import urlpatterns
from tests.factories import make_organisation, make_robot, make_user

pytestmark = pytest.mark.django_db

EXPORTS = {"export_csv", "export_xlsx", "recipient_export_csv", "recipient_export_xlsx"}
POST_ONLY = EXPORTS | {"resume", "list_add", "list_remove", "member_add", "member_remove", "organisation_resume"}
READ_ONLY = {
    "list",
    "detail",
    "members",
    "import_template",
    "tag_list",
    "organisation_list",
    "organisation_detail",
    "recipient_list",
    "recipient_import_template",
    "list_list",
    "list_detail",
}
PERMISSIONS = {
    "list": "view_robot",
    "create": "add_robot",
    "import": "add_robot",
    "import_template": "add_robot",
    "export_csv": "view_robot",
    "export_xlsx": "view_robot",
    "detail": "view_robot",
    "edit": "change_robot",
    "members": "view_recipient",
    "member_add": "change_recipient",
    "member_remove": "change_recipient",
    "pause": "change_robot",
    "resume": "change_robot",
    "delete": "delete_robot",
    "tag_list": "view_tag",
    "tag_create": "add_tag",
    "tag_edit": "change_tag",
    "tag_delete": "delete_tag",
    "organisation_list": "view_organisation",
    "organisation_detail": "view_organisation",
    "organisation_create": "add_organisation",
    "organisation_edit": "change_organisation",
    "organisation_delete": "delete_organisation",
    "organisation_resume": "change_organisation",
    "recipient_list": "view_recipient",
    "recipient_export_csv": "view_recipient",
    "recipient_export_xlsx": "view_recipient",
    "recipient_create": "add_recipient",
    "recipient_import": "add_recipient",
    "recipient_import_template": "add_recipient",
    "recipient_edit": "change_recipient",
    "recipient_delete": "delete_recipient",
    "list_list": "view_recipientlist",
    "list_detail": "view_recipientlist",
    "list_create": "add_recipientlist",
    "list_rename": "change_recipientlist",
    "list_delete": "delete_recipientlist",
    "list_add": "change_recipientlist",
    "list_remove": "change_recipientlist",
}
NAMES = [str(pattern.name) for pattern in urlpatterns]


@pytest.fixture
def urls() -> dict[str, str]:
    """Every page with a row that it can show; all rows have the same number."""
    make_robot(organisation=make_organisation("HQ", pk=7), pk=7)
    Tag.objects.create(pk=7, name="tag")
    Recipient.objects.create(pk=7, name="Li", mobile="13800001234")
    RecipientList.objects.create(pk=7, name="list")
    wanted = {str(pattern.name): pattern.pattern.converters for pattern in urlpatterns}
    return {name: reverse(f"robots:{name}", kwargs=dict.fromkeys(keys, 7)) for name, keys in wanted.items()}


def test_every_page_is_in_these_tables() -> None:
    assert set(PERMISSIONS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_sent_to_sign_in(name: str, urls: dict[str, str], stranger: Client) -> None:
    answer = stranger.post(urls[name]) if name in POST_ONLY else stranger.get(urls[name])
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", NAMES)
def test_without_the_permission_nobody_gets_in(name: str, urls: dict[str, str], powerless_client: Client) -> None:
    assert powerless_client.post(urls[name]).status_code in {403, 405}
    if name not in POST_ONLY:
        assert powerless_client.get(urls[name]).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_one_permission_is_enough(name: str, urls: dict[str, str]) -> None:
    user = make_user("one right")
    user.user_permissions.add(Permission.objects.get(codename=PERMISSIONS[name], content_type__app_label="robots"))
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(urls[name]) if name in POST_ONLY else client.get(urls[name])
    answer.close()  # a file
    assert answer.status_code == (302 if name in POST_ONLY - EXPORTS else 200)


@pytest.mark.parametrize("name", NAMES)
def test_another_verb_is_refused(name: str, urls: dict[str, str], staff_client: Client) -> None:
    assert staff_client.put(urls[name]).status_code == 405
    if name in READ_ONLY:
        assert staff_client.post(urls[name]).status_code == 405
    if name in POST_ONLY:
        assert staff_client.get(urls[name]).status_code == 405


@pytest.mark.parametrize("name", [name for name in NAMES if "<int" in str(urlpatterns[NAMES.index(name)].pattern)])
def test_what_is_not_there_is_not_found(name: str, staff_client: Client) -> None:
    keys = urlpatterns[NAMES.index(name)].pattern.converters
    url = reverse(f"robots:{name}", kwargs=dict.fromkeys(keys, 404))
    assert (staff_client.post(url) if name in POST_ONLY else staff_client.get(url)).status_code == 404
