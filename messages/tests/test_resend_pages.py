"""Sending again from the pages: counted first, once, with both runs linked."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from robots.models import RobotStatus
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db

RESEND = "/resend/"


def text_of(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def failed_run(*, failed: int = 2, **others: int) -> Run:
    run = make_run(make_broadcast("Fire drill", status=BroadcastStatus.FIRED))
    for status, count in {"failed": failed, **others}.items():
        for _number in range(count):
            make_delivery(run=run, status=status, reason="sign_mismatch")
    return run


def press(client: Client, query: str, page: HttpResponse | None = None, **ticked: str) -> HttpResponse:
    """What the browser sends when the button of that page is pressed."""
    page = page or client.get(RESEND + query)
    html = page.content.decode()
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="{name}"', html)
        for name in ("key", "seal")
    }
    sent = {name: (found[1] or found[2]) if found else "" for name, found in hidden.items()}
    return client.post(RESEND + query, {**sent, **ticked})


def of(run: Run) -> str:
    return f"?broadcast={run.broadcast_id}"


# --- all that failed of a broadcast -----------------------------------------------------------------------------------
def test_the_page_counts_first_and_then_sends_to_those_only(english: Client) -> None:
    run = failed_run(failed=3, delivered=2)
    text = text_of(english.get(RESEND + of(run)))
    assert "Fire drill" in text
    assert re.search(r"</svg> 3</span><span class=\"figure-label\">failed or expired", text)
    assert not Run.objects.filter(resend_of=run).exists()
    response = press(english, of(run))
    assert response.headers["Location"] == f"/broadcasts/{run.broadcast_id}/"
    assert "Sent again: 3 messages are on their way." in text_of(english.get(response.headers["Location"]))
    assert Run.objects.get(resend_of=run).deliveries.count() == 3


def test_pressed_twice_on_one_page_it_goes_out_once(english: Client) -> None:
    run = failed_run()
    page = english.get(RESEND + of(run))
    first, second = press(english, of(run), page), press(english, of(run), page)
    assert first.headers["Location"] == second.headers["Location"]
    assert Run.objects.filter(resend_of=run).count() == 1
    assert Delivery.objects.count() == 4


def test_what_changed_since_the_page_was_opened_is_shown_before_it_is_sent(english: Client) -> None:
    run = failed_run()
    page = english.get(RESEND + of(run))
    make_delivery(run=run, status=DeliveryStatus.FAILED)
    again = press(english, of(run), page)
    assert "Something changed since you opened this page. Nothing was sent." in text_of(again)
    press(english, of(run), again)
    assert Run.objects.get(resend_of=run).deliveries.count() == 3


def test_who_cannot_get_it_is_named_with_the_reason(english: Client) -> None:
    run = failed_run(failed=1)
    paused = make_robot("night shift", status=RobotStatus.PAUSED, paused_reason="token_unknown")
    make_delivery(paused, run=run, status=DeliveryStatus.FAILED)
    text = text_of(english.get(RESEND + of(run)))
    assert "Left out:" in text
    assert "night shift" in text
    assert "This robot is paused." in text


def test_uncertain_ones_are_a_choice_with_a_warning(english: Client) -> None:
    run = failed_run(failed=1, uncertain=2)
    text = text_of(english.get(RESEND + of(run)))
    assert "Also the 2 of which nobody knows whether they arrived: these groups may get it twice" in text
    assert "Look into these groups first" in text
    press(english, of(run))
    assert Run.objects.get(resend_of=run).deliveries.count() == 1
    press(english, of(run), uncertain="on")
    assert Delivery.objects.filter(run__resend_of=run).count() == 3


def test_with_nothing_ticked_where_all_is_a_choice_the_page_says_so(english: Client) -> None:
    run = failed_run(failed=0, uncertain=1)
    assert "Nothing was sent yet: tick what is to go out." in text_of(press(english, of(run)))
    assert not Run.objects.filter(resend_of=run).exists()


def test_a_budget_that_would_break_is_asked_about(english: Client) -> None:
    organisation = make_organisation("Branch", monthly_quota=0)
    run = failed_run(failed=0)
    make_delivery(make_robot(organisation=organisation), run=run, status=DeliveryStatus.FAILED)
    page = english.get(RESEND + of(run))
    assert "break the monthly quota of “Branch”" in text_of(page)
    again = press(english, of(run), page)
    assert "Tick this box if it is to be sent all the same." in text_of(again)
    press(english, of(run), again, over_quota="on")
    assert Run.objects.filter(resend_of=run).count() == 1


def test_the_page_of_a_broadcast_offers_it_and_afterwards_links_both_runs(english: Client) -> None:
    run = failed_run(failed=3, delivered=1, uncertain=2)
    page = f"/broadcasts/{run.broadcast_id}/"
    text = text_of(english.get(page))
    assert f'id="resend-failed" href="{RESEND}{of(run)}"' in text
    assert "Send again to the 3 that did not get it" in text
    assert f'id="decide-unknown" href="/decisions/{of(run)}"' in text
    assert text.count('name="delivery"') == 5
    assert text.count('hx-preserve="true"') == 7  # and the two that select all
    press(english, of(run))
    new = Run.objects.get(resend_of=run)
    text = text_of(english.get(page))
    assert f"Run {run.pk}" in text
    assert f"Run {new.pk}" in text
    assert f"sends again what run {run.pk} could not deliver" in text
    assert "Send again to the" not in text
    assert text.count("Sent again</a>") == 3


def test_of_a_test_and_of_a_cancelled_broadcast_nothing_is_offered(english: Client) -> None:
    for changes in ({"kind": "test"}, {"status": "cancelled"}):
        run = failed_run(failed=1)
        Broadcast.objects.filter(pk=run.broadcast_id).update(**changes)
        assert "resend-failed" not in text_of(english.get(f"/broadcasts/{run.broadcast_id}/"))


def test_an_urgent_broadcast_says_so(english: Client) -> None:
    broadcast = make_broadcast(urgent=True)
    assert "It may use what is kept for urgent broadcasts." in text_of(english.get(f"/broadcasts/{broadcast.pk}/"))


# --- chosen ones ------------------------------------------------------------------------------------------------------
def test_rows_of_the_history_are_chosen_by_their_boxes(english: Client) -> None:
    run = failed_run(failed=2, delivered=1)
    text = text_of(english.get(reverse("broadcasts:history")))
    assert text.count('name="delivery"') == 2
    assert 'data-select-all="delivery"' in text
    chosen = run.deliveries.filter(status=DeliveryStatus.FAILED).first()
    assert chosen is not None
    press(english, f"?delivery={chosen.pk}")
    assert Run.objects.get(resend_of=run).deliveries.get().robot == chosen.robot


def test_a_list_without_anything_to_act_on_has_no_boxes(english: Client) -> None:
    failed_run(failed=0, delivered=3)
    assert "checkbox" not in text_of(english.get(reverse("broadcasts:history")))


def test_one_delivery_is_sent_again_from_its_page_and_both_are_linked(english: Client) -> None:
    old = failed_run(failed=1).deliveries.get()
    page = reverse("broadcasts:delivery_detail", args=[old.pk])
    assert f"{RESEND}?delivery={old.pk}" in text_of(english.get(page))
    press(english, f"?delivery={old.pk}")
    new = Delivery.objects.exclude(pk=old.pk).get()
    text = text_of(english.get(page))
    assert f'id="later" href="/history/{new.pk}/"' in text
    assert 'id="resend"' not in text
    assert f'id="earlier" href="/history/{old.pk}/"' in text_of(english.get(f"/history/{new.pk}/"))
    assert f'href="/history/{new.pk}/">Sent again</a>' in text_of(english.get(reverse("broadcasts:history")))


def test_a_retry_that_waits_is_replaced_where_it_was_chosen_itself(english: Client) -> None:
    run = failed_run(failed=0)
    waiting = make_delivery(run=run, tries=1, calls=1, due_at=timezone.now() + timedelta(minutes=5))
    page = english.get(f"{RESEND}?delivery={waiting.pk}")
    assert "Also the 1 that waits for a retry by itself: this takes its place" in text_of(page)
    press(english, f"?delivery={waiting.pk}", page, retries="on")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == (DeliveryStatus.CANCELLED, "resent")
    assert "A person sent it again as a new message." in text_of(english.get(f"/history/{waiting.pk}/"))


# --- everything of a robot since a time -------------------------------------------------------------------------------
def test_everything_that_failed_for_a_robot_since_a_time(english: Client) -> None:
    robot, now = make_robot("ops"), timezone.now()
    for days in (3, 1, 1):
        run = make_run(make_broadcast(f"{days} days ago", status=BroadcastStatus.FIRED))
        make_delivery(robot, run=run, status=DeliveryStatus.FAILED, planned_at=now - timedelta(days=days))
    assert f"{RESEND}?robot={robot.pk}" in text_of(english.get(f"/robots/{robot.pk}/"))
    assert "There is nothing to send again" in text_of(english.get(f"{RESEND}?robot={robot.pk}"))
    since = (now - timedelta(days=2)).astimezone(ZoneInfo("Asia/Shanghai"))
    query = f"?robot={robot.pk}&since={since:%Y-%m-%d}&at={since:%H:%M}"
    page = english.get(RESEND + query)
    assert text_of(page).count("1 days ago") == 2
    assert "3 days ago" not in text_of(page)
    response = press(english, query, page)
    assert response.headers["Location"] == f"/history/?robot={robot.pk}"
    assert Run.objects.filter(resend_of__isnull=False).count() == 2


def test_the_history_of_a_robot_s_failures_leads_there(english: Client) -> None:
    robot = make_robot()
    make_delivery(robot, status=DeliveryStatus.FAILED)
    history = reverse("broadcasts:history")
    assert f"{RESEND}?robot={robot.pk}" in text_of(english.get(f"{history}?state=failed&robot={robot.pk}"))
    assert f"{RESEND}?robot={robot.pk}" not in text_of(english.get(f"{history}?robot={robot.pk}"))


def test_a_time_that_cannot_be_understood_is_the_start_of_today(english: Client) -> None:
    delivery = make_delivery(make_robot("ops"), status=DeliveryStatus.FAILED, planned_at=timezone.now())
    text = text_of(english.get(f"{RESEND}?robot={delivery.robot_id}&since=never&at=99:99"))
    today = timezone.now().astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"ops, since {today:%Y-%m-%d} 00:00 (Asia/Shanghai)" in text
    assert f'value="{today:%Y-%m-%d}"' in text


# --- refusals, access, odd input --------------------------------------------------------------------------------------
def test_when_all_was_sent_again_there_is_nothing_left(english: Client) -> None:
    run = failed_run()
    press(english, of(run))
    assert "There is nothing to send again" in text_of(english.get(RESEND + of(run)))


@pytest.mark.parametrize(
    "query",
    ["", "?delivery=x", "?broadcast=999999", "?robot=-1", "?delivery=" + "9" * 30, "?robot=999999&since=never"],
)
def test_odd_input_chooses_nothing(english: Client, query: str) -> None:
    failed_run()
    assert "There is nothing to send again" in text_of(english.get(RESEND + query))
    assert english.post(RESEND + query, {"key": "x"}).status_code == 200
    assert not Run.objects.filter(resend_of__isnull=False).exists()


def test_strangers_the_powerless_and_wrong_verbs_are_turned_away(
    stranger: Client, powerless_client: Client, english: Client
) -> None:
    query = of(failed_run())
    assert stranger.post(RESEND + query).status_code == 302
    assert powerless_client.get(RESEND + query).status_code == powerless_client.post(RESEND + query).status_code == 403
    assert english.put(RESEND + query).status_code == 405


def test_who_may_only_read_sees_neither_boxes_nor_buttons(english: Client, admin: User) -> None:
    run = failed_run(failed=1)
    User.objects.update(is_superuser=False)
    readable = ("view_delivery", "view_broadcast", "view_robot")
    admin.user_permissions.set(Permission.objects.filter(codename__in=readable))
    delivery = run.deliveries.get()
    broadcast = f"/broadcasts/{run.broadcast_id}/"
    for url in (reverse("broadcasts:history"), f"/history/{delivery.pk}/", f"/robots/{delivery.robot_id}/", broadcast):
        text = text_of(english.get(url))
        assert "checkbox" not in text
        assert RESEND not in text


def test_the_page_takes_as_many_queries_for_many_groups_as_for_one(english: Client) -> None:
    one, many = failed_run(failed=1), failed_run(failed=30)
    counts = []
    for run in (one, many):
        english.get(RESEND + of(run))
        with CaptureQueriesContext(connection) as captured:
            english.get(RESEND + of(run))
        counts.append(len(captured))
    assert counts[0] == counts[1]
