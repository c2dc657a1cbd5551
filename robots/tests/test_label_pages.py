"""Tags and organisations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import Entry
from robots.models import Organisation, Tag
from robots.tests.pages import text_of
from tests.factories import make_organisation, make_robot, make_tag

pytestmark = pytest.mark.django_db

TAGS, ORGANISATIONS = "/robots/tags/", "/robots/organisations/"


def test_tags_are_listed_with_their_robots(english: Client) -> None:
    assert "No tags yet" in text_of(english.get(TAGS))
    tag = make_tag("IT")
    make_tag("Shops")
    make_robot(tags=[tag])
    make_robot(tags=[tag])
    answer = english.get(TAGS)
    assert "IT 2" in text_of(answer)
    assert "Shops 0" in text_of(answer)
    assert f'href="/robots/?tag={tag.pk}"' in answer.content.decode()
    assert "Shops" not in text_of(english.get(f"{TAGS}?q=it"))
    assert "No tag fits" in text_of(english.get(f"{TAGS}?q=nothing"))


def test_a_tag_is_added_edited_and_deleted(english: Client) -> None:
    assert "The tag IT is added." in text_of(english.post(f"{TAGS}add/", {"name": " IT "}, follow=True))
    tag = Tag.objects.get()
    make_robot(tags=[tag])
    renamed = english.post(f"{TAGS}{tag.pk}/edit/", {"name": "Ops"}, follow=True)
    assert "The tag Ops is saved." in text_of(renamed)
    assert "1 robot loses the label" in text_of(english.get(f"{TAGS}{tag.pk}/delete/"))
    assert "The tag Ops is deleted." in text_of(english.post(f"{TAGS}{tag.pk}/delete/", follow=True))
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("IT", "There is a tag of this name already."), ("", "required"), ("x" * 51, "at most 50"), ("\u200b", "needed")],
)
def test_a_bad_tag_is_refused(name: str, said: str, english: Client) -> None:
    make_tag("IT")
    assert said in text_of(english.post(f"{TAGS}add/", {"name": name}))
    other = make_tag("Other")
    assert said in text_of(english.post(f"{TAGS}{other.pk}/edit/", {"name": name}))
    assert Tag.objects.count() == 2


def test_the_lists_take_the_same_queries_however_long_they_are(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organisation = make_organisation()
    tags = [make_tag(f"tag {number:03d}") for number in range(60)]
    for number in range(60):
        make_organisation(f"organisation {number:03d}")
    make_robot(tags=tags, organisation=organisation)
    with django_assert_num_queries(4):  # session, user, tags, banner
        assert len(english.get(TAGS).context["page"].rows) == 50
    with django_assert_num_queries(4):
        assert len(english.get(ORGANISATIONS).context["page"].rows) == 50


def test_an_organisation_gets_its_editions_quota_unless_told_otherwise(english: Client) -> None:
    english.post(f"{ORGANISATIONS}add/", {"name": "HQ", "edition": "professional", "monthly_quota": ""})
    english.post(f"{ORGANISATIONS}add/", {"name": "Branch", "edition": "standard", "monthly_quota": "7000"})
    assert dict(Organisation.objects.values_list("name", "monthly_quota")) == {"HQ": 50_000, "Branch": 7_000}


def test_an_organisation_is_shown_changed_and_deleted(english: Client) -> None:
    organisation = make_organisation("HQ", quota_exhausted_until=timezone.now() + timedelta(days=3))
    page = f"{ORGANISATIONS}{organisation.pk}/"
    text = text_of(english.get(page))
    assert "3000 messages" in text
    assert "The monthly quota is used up." in text
    edit = {"name": "HQ", "edition": "standard", "monthly_quota": "9000", "notes": "bought more"}
    text = text_of(english.post(f"{page}edit/", edit, follow=True))
    assert "9000 messages" in text
    assert "used up" not in text
    robot = make_robot(organisation=organisation)
    assert "Robots belong to this organisation." in text_of(english.post(f"{page}delete/", follow=True))
    robot.delete()
    assert "HQ is deleted." in text_of(english.post(f"{page}delete/", follow=True))
    assert not Organisation.objects.exists()
    assert Entry.objects.filter(action__startswith="organisation.").count() == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "HQ"}, "There is an organisation of this name already."),
        ({"edition": "ultra"}, "Select a valid choice"),
        ({"monthly_quota": "-1"}, "greater than or equal to 0"),
        ({"monthly_quota": "many"}, "Enter a whole number"),
    ],
    ids=str,
)
def test_a_bad_organisation_is_refused(changed: dict[str, str], said: str, english: Client) -> None:
    make_organisation("HQ")
    answer = english.post(f"{ORGANISATIONS}add/", {"name": "New", "edition": "standard", **changed})
    assert said in text_of(answer)
    assert Organisation.objects.count() == 1
