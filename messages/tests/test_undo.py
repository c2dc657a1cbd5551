from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from audit.actors import user_actor
from audit.models import Entry
from messages.engine.firing import fire, fire_due
from messages.models import Broadcast, BroadcastStatus, Delivery, Draft, FirstGroup, FirstState, Run, UndoWindow
from messages.services.cancel import cancel_broadcast
from messages.services.correction import correct, correction_in_writing
from messages.services.pausing import pause_broadcast
from messages.services.stopping import stop_all_sending
from messages.services.undo import CannotTakeBack, take_back
from messages.tests.draft_parts import WANG, launched, saved, text_of
from messages.tests.test_launch_pages import page_form, url_of
from tests.factories import make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db

WINDOW = timedelta(seconds=15)


@pytest.fixture(autouse=True)
def _fifteen_seconds(settings) -> None:
    settings.UNDO_SECONDS = 15


def launch_by_page(client, draft: Draft, **changes) -> Broadcast:
    client.post(url_of(draft), page_form(client.get(url_of(draft)), **changes))
    return Broadcast.objects.latest("pk")


def undo(client, broadcast: Broadcast):
    return client.post(f"/broadcasts/{broadcast.pk}/undo/", follow=True)


# --- the window -------------------------------------------------------------------------------------------------------
def test_a_launch_now_fires_when_its_window_is_over_and_not_before(english):
    broadcast = launch_by_page(english, saved(make_robot()))
    assert broadcast.next_at - broadcast.created_at >= WINDOW - timedelta(seconds=1)
    assert not fire_due(timezone.now())
    assert not fire_due(broadcast.next_at - timedelta(milliseconds=1))
    assert not Delivery.objects.exists()
    assert fire_due(broadcast.next_at)
    assert Delivery.objects.count() == 1
    assert Run.objects.get().planned_at == broadcast.planned_at


def test_the_page_counts_down_with_its_time_in_words_and_one_button(english):
    broadcast = launch_by_page(english, saved(make_robot()))
    text = text_of(english.get(f"/broadcasts/{broadcast.pk}/"))
    ends = timezone.localtime(broadcast.next_at)
    assert f"It goes out at {ends:%H:%M:%S}. Nothing of it has left yet." in text
    assert re.search(r'data-countdown="1[45]"', text)
    assert '<noscript><meta http-equiv="refresh" content="1' in text
    assert 'id="take-back"' in text
    assert 'id="cancel"' not in text
    progress = text_of(english.get(f"/broadcasts/{broadcast.pk}/progress/"))
    assert 'id="undo"' not in progress  # what counts down stands as it is
    fire(broadcast.pk, now=broadcast.next_at)
    progress = text_of(english.get(f"/broadcasts/{broadcast.pk}/progress/"))
    assert '<div id="undo" hx-swap-oob="true"></div>' in progress
    assert 'id="cancel"' in progress


@pytest.mark.parametrize("changes", [{"urgent": "on"}, {"when": "later", "date": "2031-07-01", "time": "09:00"}])
def test_what_is_urgent_or_planned_has_no_window(english, changes):
    draft = saved(make_robot(organisation=make_organisation(monthly_quota=1000, reserve=10)))
    launch_by_page(english, draft, **changes)
    assert not UndoWindow.objects.exists()


def test_without_a_window_it_goes_out_at_once(english, settings):
    settings.UNDO_SECONDS = 0
    broadcast = launch_by_page(english, saved(make_robot()))
    assert broadcast.next_at <= timezone.now()
    assert not UndoWindow.objects.exists()


def test_only_the_first_group_waits_for_the_window_and_the_rest_for_its_result(english):
    robots = [make_robot(), make_robot()]
    broadcast = launch_by_page(english, saved(*robots), first=str(robots[0].pk))
    assert not fire_due(timezone.now())
    assert fire_due(broadcast.next_at)
    FirstGroup.objects.update(state=FirstState.REST)
    assert fire_due(broadcast.next_at + timedelta(seconds=1))
    assert Delivery.objects.count() == 2
    with pytest.raises(CannotTakeBack):
        take_back(broadcast, user=User.objects.get(), by=WANG)


# --- taking it back ---------------------------------------------------------------------------------------------------
def test_undo_leads_back_to_the_page_with_everything_as_it_was_left_and_it_can_be_sent_again(english, admin):
    robots = [make_robot("Ops"), make_robot("Shop"), make_robot("School")]
    draft = saved(*robots)
    left = english.post(f"{url_of(draft)}leave-out/", {**page_form(english.get(url_of(draft))), "leave": robots[2].pk})
    typed = {"policy": "ask", "first": str(robots[1].pk), "until_date": "2031-07-01", "until_time": "08:30"}
    english.post(url_of(draft), page_form(left, **typed))
    broadcast = Broadcast.objects.get()

    page = undo(english, broadcast)
    assert page.redirect_chain[-1][0] == url_of(draft)
    text = text_of(page)
    assert "Taken back: nothing was sent. Everything stands here as you left it." in text
    assert "launched before" not in text
    assert "Send to 2 groups now" in text
    form = page.context["form"]
    assert {name: str(form[name].value()) for name in typed} == typed

    broadcast.refresh_from_db()
    assert (broadcast.status, broadcast.next_at, broadcast.cancelled_by_name) == ("cancelled", None, "admin")
    entry = Entry.objects.get(action="broadcast.taken_back")
    assert (entry.actor_name, entry.target_id) == ("admin", str(broadcast.pk))
    assert not fire_due(timezone.now() + WINDOW)
    assert "Taken back by admin before it went out." in text_of(english.get(f"/broadcasts/{broadcast.pk}/"))

    english.post(url_of(draft), page_form(page, **typed))
    again = Broadcast.objects.latest("pk")
    assert again.pk != broadcast.pk
    assert fire_due(again.next_at)
    draft.refresh_from_db()
    assert draft.launches == 1


def test_pressed_twice_it_is_taken_back_once(english):
    draft = saved(make_robot())
    broadcast = launch_by_page(english, draft)
    undo(english, broadcast)
    text = text_of(undo(english, broadcast))
    assert "It was taken back already: nothing was sent." in text
    draft.refresh_from_db()
    assert draft.launches == 0
    assert Entry.objects.filter(action="broadcast.taken_back").count() == 1


def test_the_same_form_sent_again_after_the_undo_sends_nothing_and_says_why(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)))
    english.post(url_of(draft), form)
    broadcast = Broadcast.objects.get()
    undo(english, broadcast)
    text = text_of(english.post(url_of(draft), form, follow=True))
    assert "Taken back by admin before it went out." in text
    assert "Send it from its draft" in text
    assert Broadcast.objects.count() == 1


def test_once_it_has_fired_it_is_too_late_and_the_page_says_what_to_do(english):
    draft = saved(make_robot())
    broadcast = launch_by_page(english, draft)
    fire(broadcast.pk, now=broadcast.next_at)
    page = undo(english, broadcast)
    assert page.redirect_chain[-1][0] == f"/broadcasts/{broadcast.pk}/"
    text = text_of(page)
    assert "Too late to take it back: it has begun to go out. Cancel it to stop what has not left yet." in text
    assert 'id="cancel"' in text
    draft.refresh_from_db()
    assert draft.launches == 1
    assert Delivery.objects.get().status == "waiting"


def test_while_nothing_fires_it_can_be_taken_back_however_long_ago_the_window_ended(english):
    broadcast = launch_by_page(english, saved(make_robot()))
    stop_all_sending(by=WANG)
    with time_machine.travel(broadcast.next_at + timedelta(hours=1), tick=False):
        assert "It is held back, and nothing of it has left yet." in text_of(
            english.get(f"/broadcasts/{broadcast.pk}/")
        )
        assert "Taken back" in text_of(undo(english, broadcast))


def test_a_paused_one_can_be_taken_back_and_a_cancelled_one_says_so(english):
    paused, cancelled = (launch_by_page(english, saved(make_robot())) for _number in range(2))
    pause_broadcast(paused, by=WANG)
    cancel_broadcast(cancelled, by=WANG)
    assert "Taken back: nothing was sent." in text_of(undo(english, paused))
    assert "It was cancelled already" in text_of(undo(english, cancelled))


def test_what_was_never_given_a_window_cannot_be_taken_back(english):
    broadcast = launched(saved(make_robot()))
    assert "This cannot be taken back." in text_of(undo(english, broadcast))
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.SCHEDULED


def test_another_person_s_page_that_knew_of_no_launch_sends_after_the_undo(english):
    draft = saved(make_robot())
    theirs = page_form(english.get(url_of(draft)))
    undo(english, launch_by_page(english, draft))
    english.post(url_of(draft), theirs)
    assert Broadcast.objects.filter(status=BroadcastStatus.SCHEDULED).count() == 1


def test_an_undone_correction_is_in_writing_again_unless_another_one_is(english, admin):
    run = make_run()
    make_delivery(make_robot(), run=run, status="delivered")
    corrected = run.broadcast
    draft = correct(broadcast=corrected, by=WANG)
    undo(english, launch_by_page(english, draft))
    assert correction_in_writing(corrected) == draft
    undone = Broadcast.objects.latest("pk")
    assert f"/broadcasts/{undone.pk}/" not in text_of(english.get(f"/broadcasts/{corrected.pk}/"))

    broadcast = launch_by_page(english, draft)
    other = correct(broadcast=corrected, by=WANG)
    assert take_back(broadcast, user=admin, by=user_actor(admin))
    draft.refresh_from_db()
    assert (draft.launches, correction_in_writing(corrected)) == (1, other)


def test_a_draft_deleted_meanwhile_leads_to_the_broadcast(english):
    draft = saved(make_robot())
    broadcast = launch_by_page(english, draft)
    draft.delete()
    assert undo(english, broadcast).redirect_chain[-1][0] == f"/broadcasts/{broadcast.pk}/"


@pytest.mark.django_db(transaction=True)
def test_firing_and_undoing_at_the_same_moment_one_of_them_happens(english, admin):
    for _number in range(5):
        broadcast = launch_by_page(english, saved(make_robot()))
        outcome: list[object] = []
        both = threading.Barrier(2)

        def take_it_back(broadcast=broadcast, outcome=outcome, both=both) -> None:
            both.wait()
            try:
                outcome.append(take_back(broadcast, user=admin, by=user_actor(admin)))
            except CannotTakeBack:
                outcome.append(False)
            connections.close_all()

        thread = threading.Thread(target=take_it_back)
        thread.start()
        both.wait()
        fired = fire_due(broadcast.next_at)
        thread.join()
        broadcast.refresh_from_db()
        assert (bool(fired), outcome) in [(True, [False]), (False, [True])]
        assert broadcast.runs.count() == fired
        assert broadcast.status == (BroadcastStatus.FIRED if fired else BroadcastStatus.CANCELLED)
        Broadcast.objects.exclude(status=BroadcastStatus.FIRED).update(status=BroadcastStatus.CANCELLED, next_at=None)


# --- access -----------------------------------------------------------------------------------------------------------
def test_it_is_asked_by_post_of_somebody_who_may_send(english, powerless_client, stranger):
    broadcast = launch_by_page(english, saved(make_robot()))
    url = f"/broadcasts/{broadcast.pk}/undo/"
    assert english.get(url).status_code == 405
    assert powerless_client.post(url).status_code == 403
    assert stranger.post(url)["Location"].startswith("/accounts/login/")
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.SCHEDULED
