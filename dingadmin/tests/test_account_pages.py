import pytest
from django.conf import settings
from django.template import engines
from django.test import Client

from tests.factories import make_user


@pytest.mark.django_db
def test_a_wrong_password_is_said_on_the_page_and_the_name_is_kept(stranger: Client) -> None:
    make_user("li")

    html = stranger.post("/accounts/login/", {"login": "li", "password": "wrong"}).content.decode()

    assert 'id="form-errors"' in html
    assert 'value="li"' in html
    assert "wrong" not in html


@pytest.mark.django_db
def test_signing_out_takes_a_post_and_asks_first(staff_client: Client) -> None:
    assert staff_client.get("/accounts/logout/").status_code == 200
    assert staff_client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
    assert staff_client.get("/accounts/password/change/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/inactive/"])
def test_pages_of_the_account_library_look_like_ours(stranger: Client, path: str) -> None:
    html = stranger.get(path).content.decode()

    assert "entrance-card" in html
    assert "css/dingadmin" in html


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_back(staff_client: Client, stranger: Client) -> None:
    for client in (staff_client, stranger):
        response = client.get("/no-such-page/")
        assert response.status_code == 404
        assert 'href="/"' in response.content.decode()


def test_the_page_for_server_errors_needs_no_context_and_speaks_both_languages() -> None:
    html = engines["django"].get_template("500.html").render()

    assert "服务器出错了" in html
    assert "Something went wrong" in html
    assert "{%" not in (settings.BASE_DIR / "templates" / "500.html").read_text(encoding="utf-8")


@pytest.mark.django_db
def test_an_outdated_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/theme/", {"theme": "dark"}, headers={"accept-language": "en"})

    assert response.status_code == 403
    assert 'href="/"' in response.content.decode()
