from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Delivery, DeliveryStatus, EngineState
from tests.factories import make_broadcast, make_delivery, make_recipient, make_robot, make_run

pytestmark = pytest.mark.django_db

LIST = "/broadcasts/"


def page(broadcast: Broadcast, name: str = "detail", query: str = "") -> str:
    return reverse(f"broadcasts:broadcast_{name}", args=[broadcast.pk]) + query


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def fired(name: str = "Fire drill", **statuses: int) -> Broadcast:
    """A broadcast with so many deliveries in each state."""
    broadcast = make_broadcast(name, status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    for status, count in statuses.items():
        for number in range(count):
            make_delivery(make_robot(name=f"{name} {status} {number}"), run=run, status=status)
    return broadcast


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_each_broadcast_with_how_far_it_has_come(english):
    fired("Fire drill", delivered=2, failed=1)
    make_broadcast("Tomorrow")
    text = text_of(english.get(LIST))
    assert "2 of 3 delivered" in text
    assert "1 failed" in text
    assert "Finished: 1 failed" in text
    assert "Scheduled" in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("", {"Drill", "Tomorrow", "Cancelled one"}, id="tests of robots are left out"),
        pytest.param("q=drill", {"Drill"}, id="by name, whatever the case"),
        pytest.param("state=scheduled", {"Tomorrow"}, id="by state"),
        pytest.param("state=cancelled", {"Cancelled one"}, id="cancelled"),
        pytest.param("state=paused", {"Tomorrow"}, id="paused"),
        pytest.param("kind=test", {"A test"}, id="tests alone"),
        pytest.param("kind=all", {"Drill", "Tomorrow", "Cancelled one", "A test"}, id="both"),
        pytest.param("author=%(admin)s", {"Drill"}, id="by author"),
        pytest.param("author=999999&state=odd", {"Drill", "Tomorrow", "Cancelled one"}, id="nonsense filters nothing"),
    ],
)
def test_the_list_can_be_narrowed_down(english, admin, query, names):
    make_broadcast("Drill", status=BroadcastStatus.FIRED, created_by=admin)
    make_broadcast("Tomorrow", paused_at=timezone.now())
    make_broadcast("Cancelled one", status=BroadcastStatus.CANCELLED, paused_at=timezone.now())
    make_broadcast("A test", kind=BroadcastKind.TEST, status=BroadcastStatus.FIRED)
    response = english.get(f"{LIST}?{query % {'admin': admin.pk}}")
    assert {line.broadcast.name for line in response.context["lines"]} == names


def test_an_empty_list_says_what_to_do_first(english):
    assert "No broadcasts yet" in text_of(english.get(LIST))
    assert "Nothing fits these filters" in text_of(english.get(f"{LIST}?q=nothing"))


def test_the_list_takes_as_many_queries_for_many_rows_as_for_one(english, django_assert_num_queries):
    for number in range(12):
        fired(f"Broadcast {number}", delivered=1, waiting=1)
    # Session, user, the authors to choose from, broadcasts, progress, whether all sending is stopped (list and banner).
    with django_assert_num_queries(7):
        english.get(LIST)


# --- one broadcast ----------------------------------------------------------------------------------------------------
def test_a_broadcast_shows_what_it_says_to_whom_and_when(english):
    robot = make_robot(name="ops")
    make_recipient("张三", mobile="13800001234")
    broadcast = make_broadcast(
        "Fire drill",
        robots=[robot],
        text="Drill <b>at three</b> @13800001234",
        at_mobiles=["13800001234", "13900005678"],
        planned_at=timezone.now() + timedelta(hours=2),
        zone="Europe/Berlin",
    )
    text = text_of(english.get(page(broadcast)))
    assert "Drill &lt;b&gt;at three&lt;/b&gt;" in text
    assert "@张三" in text
    assert "@139****5678" in text
    assert "13900005678" not in text
    assert "(Europe/Berlin)" in text
    assert "ops" in text


def test_a_stored_message_of_no_known_shape_is_shown_as_it_is_stored(english):
    broadcast = make_broadcast(content={"novel": "<script>"})
    assert "&lt;script&gt;" in text_of(english.get(page(broadcast)))


def test_each_group_stands_with_its_state_and_the_reason_in_words(english):
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    held = make_robot(name="held", hold_until=timezone.now() + timedelta(minutes=9), hold_reason="throttled")
    make_delivery(held, run=run)
    make_delivery(make_robot(name="next"), run=run)
    make_delivery(make_robot(name="mended"), run=run, status=DeliveryStatus.FAILED, reason="content_refused")
    text = text_of(english.get(page(broadcast)))
    assert "Waits for its turn" in text
    assert "Next call" in text
    assert "The message is not one that DingTalk takes." in text
    assert "0 of 3" not in text
    assert "1 of 3 groups are done" in text


def test_the_counts_lead_to_the_groups_in_that_state(english):
    broadcast = fired(delivered=2, failed=1)
    response = english.get(page(broadcast, query="?state=failed"))
    assert [line.delivery.status for line in response.context["lines"]] == ["failed"]
    assert 'href="?state=delivered"' in text_of(response)
    assert "Show all groups" in text_of(response)


def test_an_unknown_state_shows_all_groups(english):
    broadcast = fired(delivered=2)
    assert len(english.get(page(broadcast, query="?state=odd")).context["lines"]) == 2


def test_a_page_is_polled_while_something_can_change_and_no_longer(english):
    broadcast = fired(delivered=1, waiting=1)
    text = text_of(english.get(page(broadcast)))
    assert f'hx-get="{page(broadcast, "progress")}"' in text
    assert 'hx-trigger="every 2s"' in text
    polled = text_of(english.get(page(broadcast, "progress")))
    assert 'hx-trigger="every 2s"' in polled
    assert "<html" not in polled
    Delivery.objects.update(status=DeliveryStatus.DELIVERED)
    ended = text_of(english.get(page(broadcast, "progress")))
    assert "hx-trigger" not in ended
    assert "hx-trigger" not in text_of(english.get(page(broadcast)))


def test_the_polled_part_keeps_the_state_that_was_chosen(english):
    broadcast = fired(waiting=2, delivered=1)
    text = text_of(english.get(page(broadcast, query="?state=waiting")))
    assert f'hx-get="{page(broadcast, "progress")}?state=waiting"' in text
    polled = english.get(page(broadcast, "progress", "?state=waiting"))
    assert len(polled.context["lines"]) == 2


def test_the_polled_part_brings_the_state_and_the_cancel_button_up_to_date(english):
    broadcast = fired(waiting=1)
    assert "Cancel the broadcast" in text_of(english.get(page(broadcast, "progress")))
    Delivery.objects.update(status=DeliveryStatus.DELIVERED)
    ended = text_of(english.get(page(broadcast, "progress")))
    assert 'id="broadcast-state" hx-swap-oob="true"' in ended
    assert "All delivered" in ended
    assert "Cancel the broadcast" not in ended


def test_what_is_planned_for_later_is_looked_at_less_often(english):
    broadcast = make_broadcast(planned_at=timezone.now() + timedelta(hours=2), robots=[make_robot()])
    text = text_of(english.get(page(broadcast)))
    assert 'hx-trigger="every 15s"' in text
    assert "Goes out" in text


def test_a_worker_that_stopped_is_told_where_somebody_waits(english):
    EngineState.objects.create(pk=1, ticked_at=timezone.now() - timedelta(minutes=5))
    assert "Nothing is being sent" in text_of(english.get(page(fired("Waiting", waiting=1))))
    assert "Nothing is being sent" not in text_of(english.get(page(fired("Done", delivered=1))))


def test_the_page_takes_as_many_queries_for_many_groups_as_for_one(english, django_assert_num_queries):
    broadcast = fired(delivered=20, waiting=20)
    # Session, user, broadcast, progress, runs, deliveries with their runs and robots, the engine's state; when it went
    # out; runs, calls, holds and queues for its pace; what was sent again; the group that gets it first; what held
    # it; the times it missed. On the page:
    # targets, runs, and the banner.
    with django_assert_num_queries(23):
        english.get(page(broadcast))
    with django_assert_num_queries(17):
        english.get(page(broadcast, "progress"))


# --- cancelling -------------------------------------------------------------------------------------------------------
def test_cancelling_asks_first_and_says_what_it_stops_and_what_not(english):
    broadcast = fired(waiting=2, sending=1, delivered=1, uncertain=1)
    text = text_of(english.get(page(broadcast, "cancel")))
    assert "2 groups are still waiting and will not get it." in text
    assert "1 call is in flight: it finishes, and its result is recorded." in text
    assert "DingTalk cannot take it back" in text
    assert Delivery.objects.filter(status=DeliveryStatus.WAITING).count() == 2


def test_a_confirmed_cancel_stops_what_waits_and_is_on_record(english):
    broadcast = fired(waiting=2, delivered=1)
    text = text_of(english.post(page(broadcast, "cancel"), follow=True))
    assert "Cancelled: 2 groups will not get it." in text
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.CANCELLED
    assert not Delivery.objects.filter(status=DeliveryStatus.WAITING).exists()
    assert Delivery.objects.filter(status=DeliveryStatus.DELIVERED).count() == 1
    assert Entry.objects.get(action="broadcast.cancelled").actor_name == "admin"


def test_what_is_planned_can_be_cancelled_before_it_fires(english):
    broadcast = make_broadcast(planned_at=timezone.now() + timedelta(hours=2), robots=[make_robot()])
    assert "Nothing of it has gone out" in text_of(english.get(page(broadcast, "cancel")))
    text = text_of(english.post(page(broadcast, "cancel"), follow=True))
    assert "Cancelled" in text
    broadcast.refresh_from_db()
    assert (broadcast.status, broadcast.next_at) == (BroadcastStatus.CANCELLED, None)


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_gone_out_cannot_be_cancelled_any_more(english, method):
    broadcast = fired(delivered=2)
    text = text_of(getattr(english, method)(page(broadcast, "cancel"), follow=True))
    assert "There is nothing left to cancel" in text
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.FIRED


# --- access -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["detail", "progress", "cancel"])
def test_a_broadcast_that_is_not_there_is_not_found(staff_client, name):
    assert staff_client.get(reverse(f"broadcasts:broadcast_{name}", args=[4711])).status_code == 404


@pytest.mark.parametrize("name", ["list", "detail", "progress", "cancel"])
def test_a_stranger_is_sent_to_sign_in(stranger, name):
    url = LIST if name == "list" else page(fired(waiting=1), name)
    assert stranger.get(url).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["list", "detail", "progress", "cancel"])
def test_without_the_permission_it_is_forbidden(powerless_client, name):
    url = LIST if name == "list" else page(fired(waiting=1), name)
    assert powerless_client.get(url).status_code == 403


def test_a_cancel_without_the_permission_changes_nothing(powerless_client):
    broadcast = fired(waiting=1)
    assert powerless_client.post(page(broadcast, "cancel")).status_code == 403
    assert Delivery.objects.filter(status=DeliveryStatus.WAITING).count() == 1


@pytest.mark.parametrize("name", ["list", "detail", "progress"])
def test_the_wrong_verb_is_refused(staff_client, name):
    url = LIST if name == "list" else page(fired(waiting=1), name)
    assert staff_client.post(url).status_code == 405
