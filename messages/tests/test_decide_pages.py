"""Deciding about many deliveries at once, from the pages."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from messages.models import BroadcastStatus, Delivery, DeliveryStatus, Run
from tests.factories import make_broadcast, make_delivery, make_run

pytestmark = pytest.mark.django_db

DECIDE = "/decisions/"


def text_of(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def unknown_run(count: int = 3) -> Run:
    run = make_run(make_broadcast("Fire drill", status=BroadcastStatus.FIRED))
    for _number in range(count):
        make_delivery(run=run, status=DeliveryStatus.UNCERTAIN, reason="read_timeout")
    return run


def choose(*deliveries: Delivery) -> str:
    return "?" + "&".join(f"delivery={delivery.pk}" for delivery in deliveries)


def test_the_boxes_of_the_history_lead_to_a_page_that_counts_and_names_them(english: Client) -> None:
    run = unknown_run()
    text = text_of(english.get(reverse("broadcasts:history") + "?state=uncertain"))
    assert text.count('name="delivery"') == 3
    assert f'formaction="{DECIDE}"' in text
    first, second, _third = run.deliveries.order_by("pk")
    text = text_of(english.get(DECIDE + choose(first, second)))
    assert "Of 2 deliveries nobody can know whether they arrived." in text
    assert first.robot_name in text
    assert "Decide for 2 deliveries" in text


@pytest.mark.parametrize(
    ("decision", "status", "said"),
    [
        ("arrived", DeliveryStatus.DELIVERED, "Decided for 2 deliveries: It arrived."),
        ("again", DeliveryStatus.WAITING, "Decided for 2 deliveries: Send it again."),
        ("failed", DeliveryStatus.FAILED, "Decided for 2 deliveries: Leave it as failed."),
    ],
)
def test_a_decision_holds_for_the_chosen_ones_and_is_on_record(
    english: Client, decision: str, status: str, said: str
) -> None:
    run = unknown_run()
    first, second, third = run.deliveries.order_by("pk")
    response = english.post(DECIDE + choose(first, second), {"decision": decision, "seen": "2"})
    assert said in text_of(english.get(response.headers["Location"]))
    states = dict(Delivery.objects.values_list("pk", "status"))
    assert states == {first.pk: status, second.pk: status, third.pk: DeliveryStatus.UNCERTAIN}
    entry = Entry.objects.get(action="delivery.decided")
    assert (entry.actor_name, entry.detail["count"]) == ("admin", 2)


def test_all_of_a_broadcast_are_decided_at_once(english: Client) -> None:
    run = unknown_run(60)
    query = f"?broadcast={run.broadcast_id}"
    text = text_of(english.get(DECIDE + query))
    assert "Decide for 60 deliveries" in text
    assert "and 48 more" in text
    response = english.post(DECIDE + query, {"decision": "arrived", "seen": "60"})
    assert response.headers["Location"] == f"/broadcasts/{run.broadcast_id}/"
    assert Delivery.objects.filter(status=DeliveryStatus.DELIVERED).count() == 60


def test_more_than_were_seen_are_shown_before_they_are_decided(english: Client) -> None:
    run = unknown_run(2)
    query = f"?broadcast={run.broadcast_id}"
    text = text_of(english.post(DECIDE + query, {"decision": "arrived", "seen": "1"}))
    assert "Something changed since you opened this page. Nothing was decided." in text
    assert "checked" in text
    assert Delivery.objects.undecided().count() == 2


def test_without_a_decision_nothing_is_decided(english: Client) -> None:
    run = unknown_run(1)
    assert "This field is required." in text_of(english.post(f"{DECIDE}?broadcast={run.broadcast_id}", {"seen": "1"}))
    assert Delivery.objects.undecided().count() == 1


def test_what_cannot_go_out_again_is_told(english: Client) -> None:
    run = unknown_run(2)
    gone = run.deliveries.first()
    assert gone is not None
    gone.robot.delete()
    response = english.post(f"{DECIDE}?broadcast={run.broadcast_id}", {"decision": "again", "seen": "2"})
    text = text_of(english.get(response.headers["Location"]))
    assert "Decided for 1 delivery: Send it again." in text
    assert "1 delivery is still unknown: its robot is gone, or its broadcast was cancelled." in text


def test_when_all_is_known_there_is_nothing_to_decide(english: Client) -> None:
    run = unknown_run(1)
    query = f"?broadcast={run.broadcast_id}"
    english.post(DECIDE + query, {"decision": "arrived", "seen": "1"})
    assert "There is nothing to decide" in text_of(english.get(DECIDE + query))
    response = english.post(DECIDE + query, {"decision": "failed", "seen": "0"})
    assert "There was nothing left to decide." in text_of(english.get(response.headers["Location"]))


@pytest.mark.parametrize("query", ["", "?delivery=x", "?broadcast=0", "?robot=999999"])
def test_odd_input_chooses_nothing(english: Client, query: str) -> None:
    unknown_run()
    assert "There is nothing to decide" in text_of(english.get(DECIDE + query))


def test_strangers_the_powerless_and_wrong_verbs_are_turned_away(
    stranger: Client, powerless_client: Client, english: Client
) -> None:
    query = f"?broadcast={unknown_run().broadcast_id}"
    data = {"decision": "arrived", "seen": "3"}
    assert stranger.post(DECIDE + query, data).status_code == 302
    assert powerless_client.get(DECIDE + query).status_code == 403
    assert powerless_client.post(DECIDE + query, data).status_code == 403
    assert english.put(DECIDE + query).status_code == 405
    assert Delivery.objects.undecided().count() == 3
