"""While the first group's message is out and the rest waits: every page says so, and nothing is counted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.actors import Actor
from messages.engine.firing import fire_due
from messages.engine.first_group import release
from messages.history.broadcasts import overdue, upcoming
from messages.history.quota import quota_uses
from messages.models import Broadcast, Delivery, DeliveryStatus, FirstGroup, Run
from messages.services.budget import over_budget
from messages.services.first_group import choose_first, let_rest_go
from messages.services.pausing import pause_broadcast, resume_broadcast
from messages.tests.test_history import make_attempt
from tests.factories import make_broadcast, make_organisation, make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
WORDS = "First group sent, the rest waits"


def first_out(name: str = "Fire drill", groups: int = 4, **fields: object) -> Broadcast:
    """Planned for a minute ago, and its first group has just been fired."""
    organisation = make_organisation(monthly_quota=10)
    robots = [make_robot(organisation=organisation) for _number in range(groups)]
    broadcast = make_broadcast(name, robots=robots, planned_at=timezone.now() - timedelta(minutes=1), **fields)
    choose_first(broadcast, robot=robots[0].pk, asks=False, stop_share=None, by=LI)
    fire_due(timezone.now())
    broadcast.refresh_from_db()
    return broadcast


def arrive() -> None:
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, due_at=None, ended_at=timezone.now())
    make_attempt(Delivery.objects.get(), started_at=timezone.now())


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# --- the forecast -----------------------------------------------------------------------------------------------------
def test_the_months_forecast_counts_each_group_once_at_every_stage() -> None:
    broadcast = first_out()
    assert [(use.used, use.planned) for use in quota_uses(timezone.now())] == [(0, 4)]
    arrive()
    assert [(use.used, use.planned) for use in quota_uses(timezone.now())] == [(1, 3)]
    first = FirstGroup.objects.select_related("broadcast").get()
    release(first, by=LI, now=timezone.now(), why="arrived")
    assert [(use.used, use.planned) for use in quota_uses(timezone.now())] == [(1, 3)]
    fire_due(timezone.now())
    assert [(use.used, use.planned) for use in quota_uses(timezone.now())] == [(1, 3)]
    assert Broadcast.objects.get(pk=broadcast.pk).next_at is None


def test_a_launch_that_just_fits_is_not_refused_for_a_first_group_that_is_out() -> None:
    first_out()
    organisation = Delivery.objects.get().robot.organisation
    assert not list(over_budget([organisation], {organisation.pk: 6}, when=timezone.now(), urgent=False))
    assert list(over_budget([organisation], {organisation.pk: 7}, when=timezone.now(), urgent=False))


# --- the lists --------------------------------------------------------------------------------------------------------
def test_what_comes_up_counts_the_rest_alone() -> None:
    first_out()
    (line,) = upcoming(8)
    assert (line.groups, line.rest_waits) == (3, True)
    make_broadcast("Tea", robots=[make_robot()])
    assert [(line.broadcast.name, line.groups, line.rest_waits) for line in upcoming(8)][1] == ("Tea", 1, False)


def test_it_is_not_late_while_it_waits_for_its_first_group() -> None:
    broadcast = first_out()
    assert not overdue(timezone.now())
    let_rest_go(broadcast, by=LI)
    assert list(overdue(timezone.now())) == [broadcast]


def test_the_list_the_page_and_the_overview_say_that_the_rest_waits(english: Client) -> None:
    broadcast = first_out()
    arrive()
    page = text_of(english, reverse("broadcasts:broadcast_detail", args=[broadcast.pk]))
    assert WORDS in page
    assert "1 of 1 group is done · 3 more wait for the first" in page
    assert WORDS in text_of(english, "/")
    response = english.get(reverse("broadcasts:broadcast_list"))
    assert [line.state.label for line in response.context["lines"]] == [WORDS]
    assert "3 groups are still waiting and will not get it." in text_of(
        english, reverse("broadcasts:broadcast_cancel", args=[broadcast.pk])
    )


@pytest.mark.parametrize(
    ("state", "names"), [("first_out", {"Out"}), ("scheduled", {"Planned"}), ("", {"Out", "Planned"})]
)
def test_the_list_can_be_narrowed_down_to_them(english: Client, state: str, names: set[str]) -> None:
    make_broadcast("Planned", robots=[make_robot()], planned_at=timezone.now() + timedelta(days=1))
    first_out("Out")
    response = english.get(f"{reverse('broadcasts:broadcast_list')}?state={state}")
    assert {line.broadcast.name for line in response.context["lines"]} == names


# --- let go -----------------------------------------------------------------------------------------------------------
def test_the_rest_is_planned_for_the_moment_at_which_it_was_let_go() -> None:
    """So that a pause in between is told of the rest as well, which it held."""
    broadcast = first_out()
    pause_broadcast(broadcast, by=LI)
    let_rest_go(broadcast, by=LI)
    assert fire_due(timezone.now()) == 0
    resume_broadcast(broadcast, by=LI)
    assert fire_due(timezone.now()) == 1
    run = Run.objects.latest("pk")
    assert run.planned_at == FirstGroup.objects.get().counted_from
    assert run.planned_at < broadcast.holds.get().ended_at
