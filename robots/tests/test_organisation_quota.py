"""An organisation's quota: its reserve, its forecast, and the person who lets a stopped one go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.actors import SYSTEM
from audit.models import Entry
from robots.models import Organisation, Robot
from robots.services.organisations import resume_organisation
from robots.tests.pages import text_of
from tests.factories import make_broadcast, make_organisation, make_robot

pytestmark = pytest.mark.django_db


@pytest.fixture
def stopped() -> Organisation:
    organisation = make_organisation("Branch", quota_exhausted_until=timezone.now() + timedelta(days=3))
    make_robot(organisation=organisation)
    return organisation


def test_its_robots_can_be_called_again(stopped: Organisation) -> None:
    assert not Robot.objects.sendable(timezone.now(), simulator=True).exists()
    assert resume_organisation(stopped, by=SYSTEM)
    assert Robot.objects.sendable(timezone.now(), simulator=True).exists()
    assert Entry.objects.get(action="organisation.resumed").target_label == "Branch"


def test_resuming_twice_is_on_record_once(stopped: Organisation) -> None:
    resume_organisation(stopped, by=SYSTEM)
    assert not resume_organisation(stopped, by=SYSTEM)
    assert Entry.objects.filter(action="organisation.resumed").count() == 1


def test_its_page_has_the_button_while_it_is_stopped(stopped: Organisation, english: Client) -> None:
    page = f"/robots/organisations/{stopped.pk}/"
    assert f'action="{page}resume/"' in english.get(page).content.decode()
    assert "Sending to the robots of Branch goes on" in text_of(english.post(f"{page}resume/", follow=True))
    assert f"{page}resume/" not in english.get(page).content.decode()
    assert "Nothing had stopped Branch" in text_of(english.post(f"{page}resume/", follow=True))


def test_only_who_may_change_it_may_resume_it(
    stopped: Organisation, english: Client, stranger: Client, powerless_client: Client
) -> None:
    url = f"/robots/organisations/{stopped.pk}/resume/"
    assert stranger.post(url).status_code == 302
    assert powerless_client.post(url).status_code == 403
    assert english.get(url).status_code == 405
    stopped.refresh_from_db()
    assert stopped.quota_exhausted_until is not None


def test_a_reserve_is_kept_shown_and_on_record(english: Client) -> None:
    organisation = make_organisation("Branch", monthly_quota=3000)
    page = f"/robots/organisations/{organisation.pk}/"
    typed = {"name": "Branch", "edition": "standard", "monthly_quota": "3000", "reserve": "200", "notes": ""}
    assert "Kept for urgent broadcasts 200 messages" in text_of(english.post(f"{page}edit/", typed, follow=True))
    assert Entry.objects.get(action="organisation.updated").detail == {"reserve": [0, 200]}
    english.post(f"{page}edit/", {**typed, "reserve": ""})
    organisation.refresh_from_db()
    assert organisation.reserve == 0


def test_a_reserve_cannot_be_more_than_the_quota(english: Client) -> None:
    typed = {"name": "Branch", "edition": "standard", "monthly_quota": "100", "reserve": "101", "notes": ""}
    assert "it cannot be larger" in text_of(english.post("/robots/organisations/add/", typed))
    assert not Organisation.objects.filter(name="Branch").exists()


def test_its_page_tells_what_is_used_planned_and_left(english: Client) -> None:
    organisation = make_organisation("Branch", monthly_quota=10, reserve=2)
    make_broadcast(robots=[make_robot(organisation=organisation) for _number in range(3)])
    text = text_of(english.get(f"/robots/organisations/{organisation.pk}/"))
    assert "0 of 10 used (0 %) · 3 more planned · 2 kept for urgent broadcasts" in text
    assert "By the end of the month 5 messages will be left" in text
