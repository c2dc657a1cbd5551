from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from messages.models import BroadcastStatus, Delivery, DeliveryStatus, EngineState
from tests.factories import make_broadcast, make_delivery, make_robot, make_run, make_user

pytestmark = pytest.mark.django_db

STOP, RESUME, STATE = "/sending/stop/", "/sending/resume/", "/sending/state/"
BANNER = 'id="stop-banner"'


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def stopped(**ago: float) -> None:
    EngineState.objects.create(pk=1, stopped_at=timezone.now() - timedelta(**ago), stopped_by_name="li")


def client_of(*codenames: str) -> Client:
    user = make_user("wang")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- stopping ---------------------------------------------------------------------------------------------------------
def test_stopping_asks_first_and_says_what_it_means(english):
    make_delivery()
    make_delivery(status=DeliveryStatus.SENDING)
    assert f'href="{STOP}"' in text_of(english.get(reverse("overview")))
    text = text_of(english.get(STOP))
    assert "Nothing goes out any more, for anybody, until somebody resumes it" in text
    assert "1 message that waits stays where it is." in text
    assert "1 call is in flight: it finishes, and its result is recorded." in text
    assert not EngineState.objects.filter(stopped_at__isnull=False).exists()


def test_a_confirmed_stop_stands_on_every_page_with_who_when_and_the_way_back(english):
    text = text_of(english.post(STOP, follow=True))
    assert "All sending is stopped by admin." in text
    assert "no call is in flight, and no further one leaves." in text
    assert f'href="{STOP}"' not in text
    for url in ("/broadcasts/", "/drafts/", "/robots/", "/audit/", "/no/such/page/", reverse("admin:index")):
        page = english.get(url).content.decode()
        assert BANNER in page, url
        assert f'href="{RESUME}"' in page, url
    assert Entry.objects.get(action="sending.stopped").actor_name == "admin"


def test_without_a_stop_there_is_no_banner_and_the_overview_and_the_system_page_offer_to_stop(english):
    assert BANNER not in text_of(english.get("/broadcasts/"))
    for url in (reverse("overview"), reverse("system")):
        assert f'href="{STOP}"' in text_of(english.get(url)), url
    stopped()
    for url in (reverse("overview"), reverse("system")):
        assert f'href="{STOP}"' not in text_of(english.get(url)), url


def test_the_banner_asks_until_the_last_call_has_ended(english):
    lease_until = timezone.now() + timedelta(seconds=50)
    call = make_delivery(status=DeliveryStatus.SENDING, lease_until=lease_until)
    text = text_of(english.post(STOP, follow=True))
    assert "Stopping: 1 call in flight finishes." in text
    assert f'hx-get="{STATE}" hx-trigger="every 250ms"' in text

    EngineState.objects.update(stopped_at=timezone.now() - timedelta(seconds=1))
    text = text_of(english.get(STATE))
    last = timezone.localtime(lease_until)
    assert f"No further call leaves. 1 call that had begun still finishes, by {last:%H:%M:%S} at the latest." in text

    Delivery.objects.filter(pk=call.pk).update(status=DeliveryStatus.DELIVERED)
    text = text_of(english.get(STATE))
    assert "no call is in flight, and no further one leaves." in text
    assert "hx-trigger" not in text
    EngineState.objects.update(stopped_at=None)
    assert text_of(english.get(STATE)) == ""


def test_who_stops_second_is_told_that_it_was_stopped(english):
    stopped()
    text = text_of(english.post(STOP, follow=True))
    assert "All sending was stopped already." in text
    assert "All sending is stopped by li." in text


# --- resuming ---------------------------------------------------------------------------------------------------------
def test_resuming_asks_first_and_says_what_goes_out_and_how_late(english):
    stopped(minutes=80)
    make_delivery()
    make_delivery(run=make_run(make_broadcast(status=BroadcastStatus.FIRED, paused_at=timezone.now())))
    planned_at = timezone.now() - timedelta(minutes=72)
    for number in range(7):
        make_broadcast(f"Drill {number}", robots=[make_robot()], planned_at=planned_at + timedelta(seconds=number))
    make_broadcast("Paused", planned_at=planned_at, paused_at=timezone.now())
    text = text_of(english.get(RESUME))
    assert "1 message that waits goes out now." in text
    assert "“Drill 0” goes out at once, 72 minutes late." in text
    assert "Drill 5" not in text
    assert "So do 2 more broadcasts." in text
    assert "“Paused”" not in text
    assert EngineState.objects.get().stopped_at is not None


def test_a_confirmed_resume_takes_the_banner_away_and_is_on_record(english):
    stopped()
    assert "Nothing waits at the moment." in text_of(english.get(RESUME))
    text = text_of(english.post(RESUME, follow=True))
    assert "Sending goes on where it stood." in text
    assert BANNER not in text
    assert Entry.objects.get(action="sending.resumed").actor_name == "admin"
    assert "Sending was not stopped." in text_of(english.post(RESUME, follow=True))


# --- access -----------------------------------------------------------------------------------------------------------
def test_who_may_not_stop_sees_the_banner_without_the_way_back():
    client = client_of("send_broadcast", "view_broadcast")
    assert STOP not in text_of(client.get(reverse("overview")))
    stopped()
    text = text_of(client.get(reverse("overview")))
    assert "All sending is stopped by li." in text
    assert RESUME not in text
    assert client.post(STOP).status_code == client.post(RESUME).status_code == 403
    assert EngineState.objects.get().stopped_by_name == "li"


def test_the_right_to_stop_is_enough_to_stop_and_resume():
    client = client_of("stop_all")
    client.post(STOP)
    assert EngineState.objects.get().stopped_by_name == "wang"
    client.post(RESUME)
    assert EngineState.objects.get().stopped_at is None


def test_a_stranger_sees_no_banner_and_is_sent_to_sign_in(stranger):
    stopped()
    assert BANNER not in stranger.get(reverse("account_login")).content.decode()
    assert BANNER not in stranger.get("/no/such/page/").content.decode()
    for url in (STOP, RESUME, STATE):
        assert stranger.get(url).url.startswith(reverse("account_login"))


def test_the_wrong_verb_is_refused(staff_client):
    assert staff_client.put(STOP).status_code == 405
    assert staff_client.put(RESUME).status_code == 405
    assert staff_client.post(STATE).status_code == 405
