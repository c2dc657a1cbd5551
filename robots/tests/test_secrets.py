"""No token and no secret that was handed in is found in a page, an audit entry, a log line or a column in clear."""

from __future__ import annotations

import logging

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from dingtalk.secrets import Secret
from robots.forms.kept import Kept, pack, unpack
from robots.models import Robot
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db

SECRETS = {
    "token": "f" * 58 + "000011",
    "new token": "f" * 58 + "000012",
    "refused token": "f" * 58 + "000013",
    "secret": "SECtest-not-real-0000001",
    "new secret": "SECtest-not-real-0000002",
    "refused secret": "SECtest-not-real-0000003",
}
BASE = "https://oapi.dingtalk.com/robot/send?access_token="


def found_in(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if secret in text]


def test_a_robots_whole_life_leaves_no_secret_behind(english: Client, caplog: pytest.LogCaptureFixture) -> None:
    organisation = make_organisation()
    pages: list[str] = []

    def post(url: str, **fields: object) -> None:
        answer = english.post(url, {"name": "Ops", "organisation": organisation.pk, **fields}, follow=True)
        pages.append(answer.content.decode())

    with caplog.at_level(logging.DEBUG):
        create = reverse("robots:create")
        post(create, webhook=f"{BASE}{SECRETS['refused token']}\nx", secret=SECRETS["refused secret"])
        post(create, webhook=f"http://{BASE[8:]}{SECRETS['refused token']}", secret=SECRETS["refused secret"])
        post(create, webhook=f"{BASE}{SECRETS['token']}\n{SECRETS['secret']}", name="")
        post(create, webhook=f"{BASE}{SECRETS['token']}\n{SECRETS['secret']}")
        robot = Robot.objects.get()
        edit = reverse("robots:edit", args=[robot.pk])
        post(edit, webhook=SECRETS["new token"], secret=SECRETS["new secret"], keywords="\n".join("abcdefghijkl"))
        post(edit, webhook=SECRETS["new token"], secret=SECRETS["new secret"])
        post(create, name="again", webhook=SECRETS["new token"])
        call_command("rotate_keys")
        for name in ("list", "create", "import", "tag_list"):
            pages.append(english.get(reverse(f"robots:{name}")).content.decode())
        for name in ("detail", "edit", "delete", "pause"):
            pages.append(english.get(reverse(f"robots:{name}", args=[robot.pk])).content.decode())

    assert found_in("".join(pages)) == []
    assert found_in(caplog.text) == []
    assert found_in(str(list(Entry.objects.values()))) == []
    assert found_in(str(list(Robot.objects.values()))) == []


def test_what_a_form_keeps_is_encrypted_and_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(token=Secret(SECRETS["token"]), secret=Secret(SECRETS["secret"]))
    packed = pack(kept)
    assert found_in(packed) == []
    assert found_in(repr(kept)) == []
    assert unpack(packed) == kept
    assert unpack(packed[:-1]) == Kept()
    monkeypatch.setattr("robots.forms.kept._SECONDS", -1)
    assert unpack(pack(kept)) == Kept()
