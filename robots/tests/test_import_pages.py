from __future__ import annotations

import codecs

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Entry
from robots.imports.decoding import decode
from robots.models import Organisation, Recipient, Robot
from robots.tests.pages import text_of
from tests.factories import fake_token, make_organisation

pytestmark = pytest.mark.django_db

ROBOTS, RECIPIENTS = "/robots/import/", "/robots/recipients/import/"


def upload(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("file.csv", text.encode() if isinstance(text, str) else text)


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("HQ")


def test_robots_are_imported(english: Client, organisation: Organisation) -> None:
    file = upload(f"名称,Webhook,标签\n运维,{fake_token()},IT\n".encode("gb18030"))
    answer = english.post(ROBOTS, {"file": file, "organisation": organisation.pk}, follow=True)
    assert "1 robot imported. New tags: IT." in text_of(answer)
    assert Robot.objects.get().name == "运维"
    assert Entry.objects.get(action="robot.imported").actor_name == "admin"


def test_without_any_organisation_robots_belong_to_the_default_one(english: Client) -> None:
    english.post(ROBOTS, {"file": upload(f"name,webhook\nOps,{fake_token()}\n")})
    assert Robot.objects.get().organisation == Organisation.objects.get()


def test_every_mistake_is_shown_with_its_line_and_nothing_is_written(
    english: Client, organisation: Organisation
) -> None:
    token = fake_token()
    file = upload(f"name,webhook,secret\ngood,{token},\n,{token},x\n")
    answer = english.post(ROBOTS, {"file": file, "organisation": organisation.pk})
    text = text_of(answer)
    assert "Nothing was imported: there are 2 mistakes in the file." in text
    assert "3 name A name is needed." in text
    assert "3 secret The signing secret begins with SEC; this does not." in text
    assert token not in answer.content.decode()
    assert not Robot.objects.exists()


def test_recipients_are_imported_or_every_mistake_is_shown(english: Client) -> None:
    bad = english.post(RECIPIENTS, {"file": upload("姓名,手机号\n张三,123\n")})
    assert "2 mobile A mainland mobile number has 11 digits; this one has 3." in text_of(bad)
    good = english.post(RECIPIENTS, {"file": upload("姓名,手机号\n张三,13800001234\n")}, follow=True)
    assert "1 recipient imported." in text_of(good)
    assert Recipient.objects.count() == 1


def test_of_thousands_of_mistakes_the_first_are_shown_and_the_rest_are_counted(english: Client) -> None:
    file = upload("name,mobile\n" + "x,1\n" * 3000)
    text = text_of(english.post(RECIPIENTS, {"file": file}))
    assert "there are 3000 mistakes" in text
    assert "And 2800 more." in text


@pytest.mark.parametrize("url", [ROBOTS, RECIPIENTS])
def test_a_file_is_needed(url: str, english: Client) -> None:
    assert "This field is required." in text_of(english.post(url, {}))
    assert "This file is empty." in text_of(english.post(url, {"file": upload("")}))
    assert "spreadsheet file" in text_of(english.post(url, {"file": upload(b"PK\x03\x04")}))


def test_an_endless_file_is_refused(english: Client) -> None:
    text = text_of(english.post(RECIPIENTS, {"file": upload(b"x" * 10_000_001)}))
    assert "larger than 10 MB" in text


@pytest.mark.parametrize(("url", "name"), [(ROBOTS, "robots.csv"), (RECIPIENTS, "recipients.csv")])
def test_a_file_to_fill_in_can_be_downloaded_and_is_not_imported_by_accident(
    url: str, name: str, english: Client
) -> None:
    answer = english.get(url + name)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{name}"' in answer["Content-Disposition"]
    assert answer.content.startswith(codecs.BOM_UTF8)
    assert decode(answer.content).startswith("name,")
    assert "Nothing was imported: there" in text_of(english.post(url, {"file": upload(answer.content)}))
