import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from dingadmin.templatetags.navigation import current_url, sections
from tests.factories import make_user


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/", "/"),
        ("/robots/", "/robots/"),
        ("/robots/7/", "/robots/"),
        ("/robots/tags/3/", "/robots/tags/"),
        ("/elsewhere/", ""),
    ],
)
def test_the_current_entry_is_the_longest_that_the_path_begins_with(path: str, url: str) -> None:
    assert current_url(["/", "/robots/", "/robots/tags/"], path) == url


@pytest.mark.django_db
def test_the_menu_shows_only_what_a_person_may_see() -> None:
    auditor = make_user("auditor")
    auditor.user_permissions.add(Permission.objects.get(codename="view_entry"))

    urls = [
        link.url for section in sections(auditor, path="/audit/", simulator_mounted=False) for link in section.links
    ]

    assert urls == ["/", "/audit/"]


@pytest.mark.django_db
def test_the_current_page_is_marked_for_screen_readers(staff_client: Client) -> None:
    html = staff_client.get("/accounts/password/change/").content.decode()
    assert 'aria-current="page"' not in html

    html = staff_client.get("/audit/").content.decode()
    assert re.search(r'href="/audit/" aria-current="page"', html)
