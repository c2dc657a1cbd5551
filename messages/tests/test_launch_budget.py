"""A launch that would break an organisation's monthly budget asks first: on the page, in a shell, in the service."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from audit.models import Entry
from dingtalk.payloads import NOBODY, Text
from messages.models import Broadcast, BroadcastStatus, DeliveryStatus
from messages.services.checks import check_launch
from messages.services.launch import LaunchRefused
from messages.tests.test_history import make_attempt
from messages.tests.test_launch import launched
from messages.tests.test_launch_pages import page_form, saved, text_of, url_of
from messages.tests.test_send_command import send
from robots.models import Organisation, Robot
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def branch() -> Organisation:
    """Of ten messages three are used and two are planned; two are kept for urgent broadcasts."""
    organisation = make_organisation("Branch", monthly_quota=10, reserve=2)
    robot = make_robot("other", organisation=organisation)
    delivery = make_delivery(robot, status=DeliveryStatus.DELIVERED)
    for number in range(3):
        make_attempt(delivery, number=number + 1, started_at=timezone.now())
    make_broadcast(robots=[robot])
    make_delivery(robot)
    return organisation


def robots_of(organisation: Organisation, count: int) -> list[Robot]:
    return [make_robot(organisation=organisation) for _number in range(count)]


def asked(organisation: Organisation, count: int, **options: object) -> list[str]:
    check = check_launch(message=Text("Drill."), at=NOBODY, robots=robots_of(organisation, count), **options)
    assert not check.blockers
    return [finding.text for finding in check.questions]


def newest() -> Broadcast:
    return Broadcast.objects.latest("pk")


def test_what_fits_is_not_asked_about(branch: Organisation) -> None:
    assert asked(branch, 3) == []
    assert asked(branch, 5, urgent=True) == []


def test_the_reserve_is_asked_about_unless_it_is_urgent(branch: Organisation) -> None:
    (text,) = asked(branch, 4)
    assert "a part of the 2 messages that “Branch” keeps for urgent broadcasts" in text
    assert "of its 10 this month 3 are used, 2 are planned, and this takes 4" in text


def test_the_quota_is_asked_about_even_when_it_is_urgent(branch: Organisation) -> None:
    (text,) = asked(branch, 6, urgent=True)
    assert "break the monthly quota of “Branch”" in text


def test_a_broadcast_of_next_month_is_paid_by_next_month(branch: Organisation) -> None:
    assert asked(branch, 8, planned_at=timezone.now() + timedelta(days=40)) == []
    assert len(asked(branch, 9, planned_at=timezone.now() + timedelta(days=40))) == 1


def test_each_organisation_is_asked_about_for_its_own_robots(branch: Organisation) -> None:
    shops = make_organisation("Shops", monthly_quota=1)
    robots = [*robots_of(branch, 3), *robots_of(shops, 2)]
    check = check_launch(message=Text("Drill."), at=NOBODY, robots=robots)
    assert [("Shops" in finding.text, finding.level) for finding in check.questions] == [(True, "warning")]


def test_a_launch_without_a_yes_is_refused_and_stores_nothing(branch: Organisation) -> None:
    before = Broadcast.objects.count()
    with pytest.raises(LaunchRefused) as refused:
        launched(*robots_of(branch, 6))
    assert [finding.code for finding in refused.value.check.questions] == ["over_quota"]
    assert Broadcast.objects.count() == before


def test_a_launch_with_a_yes_goes_out_and_the_yes_is_on_record(branch: Organisation) -> None:
    broadcast = launched(*robots_of(branch, 6), over_quota=True)
    assert broadcast.status == BroadcastStatus.SCHEDULED
    assert Entry.objects.get(action="broadcast.launched").detail["over_quota"] is True


def test_an_urgent_launch_is_marked_so(branch: Organisation) -> None:
    assert launched(*robots_of(branch, 5), urgent=True).urgent
    detail = Entry.objects.get(action="broadcast.launched").detail
    assert (detail["urgent"], "over_quota" in detail) == (True, False)


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_page_asks_and_sends_when_the_box_is_ticked(english: Client, branch: Organisation) -> None:
    draft = saved(*robots_of(branch, 6))
    before = newest()
    page = english.get(url_of(draft))
    assert "break the monthly quota of “Branch”" in text_of(page)
    assert 'name="over_quota"' in text_of(page)
    again = english.post(url_of(draft), page_form(page))
    assert "Tick this box if it is to be sent all the same" in text_of(again)
    assert newest() == before
    response = english.post(url_of(draft), page_form(again, over_quota="on"))
    assert response.headers["Location"] == f"/broadcasts/{newest().pk}/"
    assert newest().draft == draft


def test_the_page_asks_nothing_while_there_is_enough(english: Client, branch: Organisation) -> None:
    assert 'name="over_quota"' not in text_of(english.get(url_of(saved(*robots_of(branch, 3)))))


def test_on_the_page_an_urgent_broadcast_takes_the_reserve(english: Client, branch: Organisation) -> None:
    draft = saved(*robots_of(branch, 5))
    page = english.get(url_of(draft))
    assert "This is urgent: it may use what is kept for urgent broadcasts" in text_of(page)
    english.post(url_of(draft), page_form(page, urgent="on"))
    assert newest().draft == draft
    assert newest().urgent


def test_what_was_ticked_stays_ticked_when_the_page_comes_again(english: Client, branch: Organisation) -> None:
    draft = saved(*robots_of(branch, 6))
    form = page_form(english.get(url_of(draft)), urgent="on", over_quota="on", when="later", date="", time="")
    text = text_of(english.post(url_of(draft), form))
    ticked = set(re.findall(r'<input[^>]* name="([^"]+)"[^>]* checked', text))
    assert ticked >= {"when", "policy", "urgent", "over_quota"}, ticked


def test_urgency_is_no_choice_where_nothing_is_kept_for_it(english: Client) -> None:
    assert 'name="urgent"' not in text_of(english.get(url_of(saved(make_robot()))))


# --- the command ------------------------------------------------------------------------------------------------------
def test_the_command_is_warned_of_a_broken_budget_or_refused_when_it_asks_to_be(branch: Organisation) -> None:
    names = [robot.name for robot in robots_of(branch, 6)]
    arguments = [part for name in names for part in ("--robot", name)]
    before = newest()
    answer = send("--text", "Drill.", *arguments, "--within-quota", "--json")
    assert (answer.status, answer.refused) == (2, [(None, "over_quota")])
    assert newest() == before
    answer = send("--text", "Drill.", *arguments, "--json")
    assert answer.status == 0
    assert [warning["code"] for warning in answer.json["warnings"]] == ["over_quota"]
    assert newest().pk == answer.json["broadcast"]


def test_the_command_may_say_that_it_is_urgent(branch: Organisation) -> None:
    names = [robot.name for robot in robots_of(branch, 5)]
    arguments = [part for name in names for part in ("--robot", name)]
    assert send("--text", "Drill.", *arguments, "--within-quota").status == 2
    assert send("--text", "Drill.", *arguments, "--urgent").status == 0
    assert newest().urgent
