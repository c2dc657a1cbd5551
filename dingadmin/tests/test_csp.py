import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from dingadmin.csp import POLICY

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)[^>]*>\s*\S"  # code between script tags
    r"|<style[\s>]"
    r"|\sstyle\s*="
    r"|\son[a-z]+\s*="  # event handlers; the name starts after a space, so that data-on… and aria-… pass
    r"|\shx-on"  # htmx would have to evaluate it
    r"|href\s*=\s*[\"']javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_template_holds_no_script_or_style_that_the_policy_would_block(template: Path) -> None:
    found = INLINE.search(template.read_text(encoding="utf-8"))
    assert found is None, found and found.group(0)


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<p style="color:red">',
        '<button onclick="go()">',
        '<div hx-on:click="go()">',
        "<a href='javascript:go()'>",
    ],
)
def test_the_search_for_inline_code_finds_it(markup: str) -> None:
    assert INLINE.search(markup)


def test_the_search_for_inline_code_leaves_files_and_data_alone() -> None:
    assert not INLINE.search('<script src="/static/js/app.js" defer></script>')
    assert not INLINE.search('<p data-tone="ok" class="on">on = off</p>'.replace(" on = ", " on, "))


@pytest.mark.django_db
def test_every_page_forbids_inline_code_foreign_code_and_framing(stranger: Client) -> None:
    response = stranger.get("/accounts/login/")

    assert response.headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/no-such-page/", "/accounts/signup/"])
def test_redirects_errors_and_the_admin_carry_the_policy_too(staff_client: Client, path: str) -> None:
    assert staff_client.get(path).headers["Content-Security-Policy"] == POLICY
