"""An organisation that was stopped for its quota, and the person who lets it go on."""

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
from tests.factories import make_organisation, make_robot

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
