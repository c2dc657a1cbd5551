from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from messages.engine.state import may_fire, may_send
from messages.models import Delivery, DeliveryStatus, EngineState, Run
from messages.services.stopping import resume_all_sending, stop_all_sending
from messages.tasks import tick
from tests.factories import make_broadcast, make_delivery, make_robot

pytestmark = pytest.mark.django_db

LI, WANG = Actor(name="li"), Actor(name="wang")


def test_while_all_sending_is_stopped_nothing_fires_and_nothing_may_be_called():
    assert stop_all_sending(by=LI)
    make_broadcast(robots=[make_robot()])
    tick()
    assert not may_fire()
    assert not may_send(timezone.now())
    assert not Run.objects.exists()

    assert resume_all_sending(by=WANG)
    tick()
    assert may_send(timezone.now())
    assert Delivery.objects.get().status == DeliveryStatus.WAITING


def test_who_stopped_it_and_who_resumed_it_is_on_record():
    stop_all_sending(by=LI)
    state = EngineState.objects.get()
    assert state.stopped_at is not None
    assert state.stopped_by_name == "li"
    resume_all_sending(by=WANG)
    state.refresh_from_db()
    assert (state.stopped_at, state.stopped_by_name) == (None, "")
    assert list(Entry.objects.order_by("number").values_list("action", "actor_name")) == [
        ("sending.stopped", "li"),
        ("sending.resumed", "wang"),
    ]
    assert Entry.objects.latest("number").detail == {"stopped_for_seconds": 0}


def test_stopping_and_resuming_twice_changes_nothing_the_second_time():
    assert not resume_all_sending(by=LI)
    assert stop_all_sending(by=LI)
    assert not stop_all_sending(by=WANG)
    assert EngineState.objects.get().stopped_by_name == "li"
    assert Entry.objects.count() == 1


def test_stopping_leaves_a_hold_of_dingtalk_s_alone():
    until = timezone.now() + timedelta(minutes=5)
    EngineState.objects.create(pk=1, hold_until=until, hold_reason="address_banned")
    stop_all_sending(by=LI)
    resume_all_sending(by=LI)
    assert not may_send(timezone.now())


def test_resuming_wakes_the_engine(django_capture_on_commit_callbacks):
    stop_all_sending(by=LI)
    with django_capture_on_commit_callbacks() as callbacks:
        resume_all_sending(by=LI)
    assert len(callbacks) == 1


def test_a_safe_retry_waits_while_all_is_stopped_and_is_left_to_a_person_when_that_was_long():
    now = timezone.now()
    unknown = make_delivery(status=DeliveryStatus.UNCERTAIN, uncertain_tries=1, due_at=now - timedelta(minutes=11))
    waiting = make_delivery(uncertain_tries=1, claimed_at=now - timedelta(minutes=11))
    stop_all_sending(by=LI)
    tick()
    unknown.refresh_from_db()
    assert unknown.status == DeliveryStatus.UNCERTAIN

    resume_all_sending(by=LI)
    tick()
    for delivery in (unknown, waiting):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.due_at) == (DeliveryStatus.UNCERTAIN, None)
