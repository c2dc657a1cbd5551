from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Delivery, DeliveryStatus, EngineState
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

PAUSE, RESUME = ">Pause</button>", ">Resume</"


def page(broadcast: Broadcast, name: str = "detail") -> str:
    return reverse(f"broadcasts:broadcast_{name}", args=[broadcast.pk])


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def going_out(**fields: object) -> Broadcast:
    broadcast = make_broadcast(status=BroadcastStatus.FIRED, **fields)
    run = make_run(broadcast)
    make_delivery(run=run)
    make_delivery(run=run, status=DeliveryStatus.DELIVERED)
    return broadcast


def planned(**span: float) -> Broadcast:
    return make_broadcast(robots=[make_robot()], planned_at=timezone.now() + timedelta(**span))


# --- pausing ----------------------------------------------------------------------------------------------------------
def test_one_press_pauses_what_is_going_out_and_the_page_says_so(english):
    broadcast = going_out()
    assert PAUSE in text_of(english.get(page(broadcast)))
    text = text_of(english.post(page(broadcast, "pause"), follow=True))
    assert "Paused by admin." in text
    assert "no call is in flight, and no further one leaves." in text
    assert "1 group waits where it stands." in text
    assert PAUSE not in text
    assert RESUME in text
    assert "Its broadcast is paused by a person." in text, "the reason on every delivery that waits"
    assert Entry.objects.get(action="broadcast.paused").actor_name == "admin"


def test_the_page_asks_again_and_again_until_the_last_call_has_ended(english):
    broadcast = going_out()
    lease_until = timezone.now() + timedelta(seconds=50)
    calls = [
        make_delivery(run=broadcast.runs.get(), status=DeliveryStatus.SENDING, lease_until=lease_until)
        for _number in range(3)
    ]
    text = text_of(english.post(page(broadcast, "pause"), follow=True))
    assert "Stopping: 3 calls in flight finish." in text
    assert 'hx-trigger="every 0.25s"' in text

    Broadcast.objects.update(paused_at=timezone.now() - timedelta(seconds=1))
    text = text_of(english.get(page(broadcast, "progress")))
    last = timezone.localtime(lease_until)
    assert f"No further call leaves. 3 calls that had begun still finish, by {last:%H:%M:%S} at the latest." in text
    assert 'hx-trigger="every 0.5s"' in text

    Delivery.objects.filter(pk__in=[call.pk for call in calls]).update(status=DeliveryStatus.DELIVERED)
    text = text_of(english.get(page(broadcast, "progress")))
    assert "no call is in flight, and no further one leaves." in text
    assert 'hx-trigger="every 15s"' in text


def test_what_is_planned_can_be_paused_and_does_not_go_out_meanwhile(english):
    broadcast = planned(hours=2)
    text = text_of(english.post(page(broadcast, "pause"), follow=True))
    assert "While it is paused, it does not go out at its planned time." in text
    assert "Paused by admin." in text
    assert "paused by admin" in text_of(english.get(reverse("overview")))


def test_what_has_gone_out_cannot_be_paused(english):
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    make_delivery(run=make_run(broadcast), status=DeliveryStatus.DELIVERED)
    assert PAUSE not in text_of(english.get(page(broadcast)))
    assert "There is nothing left to pause" in text_of(english.post(page(broadcast, "pause"), follow=True))


def test_who_pauses_second_is_told_that_it_was_paused(english):
    broadcast = going_out(paused_at=timezone.now(), paused_by_name="li")
    text = text_of(english.post(page(broadcast, "pause"), follow=True))
    assert "It was paused already." in text
    assert "Paused by li." in text


def test_a_test_of_a_robot_is_not_offered_to_be_paused(english):
    assert PAUSE not in text_of(english.get(page(going_out(kind=BroadcastKind.TEST))))


# --- resuming ---------------------------------------------------------------------------------------------------------
def test_one_press_resumes_what_is_going_out(english):
    broadcast = going_out(paused_at=timezone.now(), paused_by_name="li")
    assert f'<form method="post" action="{page(broadcast, "resume")}">' in text_of(english.get(page(broadcast)))
    text = text_of(english.post(page(broadcast, "resume"), follow=True))
    assert "It goes on where it stood." in text
    assert PAUSE in text
    assert "Going out" in text


def test_resuming_asks_first_when_it_would_send_at_once_and_says_how_late(english):
    broadcast = planned(minutes=-72)
    english.post(page(broadcast, "pause"))
    text = text_of(english.get(page(broadcast)))
    assert "Its planned time has passed: it goes out late, as soon as somebody resumes it." in text
    assert f'<form method="post" action="{page(broadcast, "resume")}">' not in text
    asked = text_of(english.get(page(broadcast, "resume")))
    assert "Its planned time has passed while it was paused by admin." in asked
    assert "It goes out at once, 72 minutes late." in asked
    broadcast.refresh_from_db()
    assert broadcast.paused_at is not None

    assert "It goes on where it stood." in text_of(english.post(page(broadcast, "resume"), follow=True))
    broadcast.refresh_from_db()
    assert broadcast.paused_at is None


def test_resuming_what_is_of_no_use_any_more_says_that_nothing_goes_out(english):
    broadcast = planned(minutes=-72)
    Broadcast.objects.update(useful_until=timezone.now() - timedelta(minutes=1), paused_at=timezone.now())
    text = text_of(english.get(page(broadcast, "resume")))
    assert "Nothing of it goes out: every delivery expires." in text


def test_what_cannot_be_resumed_is_told(english):
    assert "It was not paused." in text_of(english.post(page(going_out(), "resume"), follow=True))
    cancelled = make_broadcast(status=BroadcastStatus.CANCELLED, paused_at=timezone.now())
    assert "It was cancelled" in text_of(english.post(page(cancelled, "resume"), follow=True))
    assert RESUME not in text_of(english.get(page(cancelled)))


def test_how_late_it_went_out_stays_on_the_page(english):
    planned_at = timezone.now() - timedelta(minutes=100)
    broadcast = make_broadcast(status=BroadcastStatus.FIRED, planned_at=planned_at)
    run = make_run(broadcast)
    make_delivery(run=run, status=DeliveryStatus.DELIVERED)
    assert "It went out" not in text_of(english.get(page(broadcast)))
    broadcast.runs.update(fired_at=planned_at + timedelta(minutes=72))
    assert "It went out 72 minutes late:" in text_of(english.get(page(broadcast)))


# --- cancelling -------------------------------------------------------------------------------------------------------
def test_a_cancel_is_told_as_it_takes_hold(english):
    broadcast = going_out()
    make_delivery(run=broadcast.runs.get(), status=DeliveryStatus.SENDING, lease_until=timezone.now())
    text = text_of(english.post(page(broadcast, "cancel"), follow=True))
    assert "Cancelled by admin." in text
    assert "Stopping: 1 call in flight finishes." in text
    assert 'hx-trigger="every 0.25s"' in text
    assert "Cancel the broadcast" not in text

    Delivery.objects.filter(status=DeliveryStatus.SENDING).update(status=DeliveryStatus.DELIVERED)
    text = text_of(english.get(page(broadcast, "progress")))
    assert "no call is in flight, and no further one leaves." in text
    assert "hx-trigger" not in text


# --- what the page tells meanwhile ------------------------------------------------------------------------------------
def test_what_is_going_out_shows_its_speed_and_its_expected_end(english):
    text = text_of(english.get(page(going_out())))
    assert "Nothing went out in the last 10 seconds." in text
    assert "When it will be done cannot be told yet." in text


def test_the_list_tells_what_is_paused_or_stopped(english):
    going_out(name="Paused one", paused_at=timezone.now())
    going_out(name="Another")
    EngineState.objects.create(pk=1, stopped_at=timezone.now(), stopped_by_name="li")
    states = {str(line.broadcast): str(line.state.label) for line in english.get("/broadcasts/").context["lines"]}
    assert states == {"Paused one": "Paused", "Another": "Stopped"}


# --- access -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["pause", "resume"])
def test_only_who_may_send_may_pause_and_resume(stranger, powerless_client, staff_client, name):
    broadcast = going_out()
    assert stranger.post(page(broadcast, name)).url.startswith(reverse("account_login"))
    assert powerless_client.post(page(broadcast, name)).status_code == 403
    assert staff_client.post(reverse(f"broadcasts:broadcast_{name}", args=[4711])).status_code == 404
    broadcast.refresh_from_db()
    assert broadcast.paused_at is None


def test_the_wrong_verb_is_refused(staff_client):
    assert staff_client.get(page(going_out(), "pause")).status_code == 405
    assert staff_client.put(page(going_out(), "resume")).status_code == 405
