import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_theme_is_kept_in_a_cookie_and_the_person_stays_where_they_were(stranger: Client) -> None:
    response = stranger.post("/theme/", {"theme": "dark", "next": "/accounts/login/?next=/robots/"})

    assert response.headers["Location"] == "/accounts/login/?next=/robots/"
    assert response.cookies["theme"]["samesite"] == "Lax"
    assert '<html lang="zh-hans" data-theme="dark" data-bs-theme="dark">' in _sign_in_page(stranger)


@pytest.mark.django_db
def test_without_a_choice_the_theme_is_left_to_the_system(stranger: Client) -> None:
    assert '<html lang="zh-hans" data-theme="auto">' in _sign_in_page(stranger)


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["", "pink", '"><script>'])
def test_an_unknown_theme_is_refused_and_an_odd_cookie_ignored(stranger: Client, nonsense: str) -> None:
    assert stranger.post("/theme/", {"theme": nonsense}).status_code == 400

    stranger.cookies["theme"] = nonsense
    assert 'data-theme="auto"' in _sign_in_page(stranger)


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_theme_switch_never_leads_to_another_site(stranger: Client, target: str) -> None:
    assert stranger.post("/theme/", {"theme": "dark", "next": target}).headers["Location"] == "/"


@pytest.mark.django_db
def test_a_theme_is_only_set_by_post(stranger: Client) -> None:
    assert stranger.get("/theme/").status_code == 405


@pytest.mark.django_db
def test_the_language_is_switched_without_a_script(stranger: Client) -> None:
    response = stranger.post("/i18n/setlang/", {"language": "en", "next": "/accounts/login/"})

    assert response.headers["Location"] == "/accounts/login/"
    assert '<html lang="en"' in _sign_in_page(stranger)


def _sign_in_page(client: Client) -> str:
    return client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_the_admin_wears_the_chosen_theme(staff_client: Client) -> None:
    staff_client.cookies["theme"] = "dark"

    assert '<meta name="theme" content="dark">' in staff_client.get("/admin/").content.decode()
