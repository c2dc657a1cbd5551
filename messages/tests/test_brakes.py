from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from dingtalk.client import Target
from dingtalk.secrets import Secret
from messages.engine.brakes import LOOK_EVERY_SECONDS, STALE_SECONDS, Brakes, hand_back
from messages.engine.claims import Claimed
from messages.engine.outcomes import Facts
from messages.models import Attempt, Broadcast, BroadcastStatus, Delivery, DeliveryStatus, EngineState, UncertainPolicy
from tests.factories import fake_token, make_broadcast, make_delivery, make_run

pytestmark = pytest.mark.django_db


class Clock:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def _away(*_query: object) -> object:
    raise OperationalError("the server closed the connection")


def claimed_of(delivery: Delivery) -> Claimed:
    """What a pump holds of a delivery that it claimed."""
    assert delivery.claim is not None
    facts = Facts(
        tries=0, uncertain_tries=0, policy=UncertainPolicy.RETRY_SAFELY, fired_at=timezone.now(), useful_until=None
    )
    return Claimed(
        delivery_id=delivery.pk,
        claim=delivery.claim,
        number=delivery.calls,
        robot_id=delivery.robot_id or 0,
        broadcast_id=delivery.run.broadcast_id,
        is_test=False,
        token_fingerprint="0" * 64,
        target=Target(base_url="http://127.0.0.1:9", token=Secret(fake_token()), secret=None),
        body=b"{}",
        facts=facts,
    )


def make_claimed(broadcast: Broadcast | None = None) -> tuple[Delivery, Claimed]:
    run = make_run(broadcast or make_broadcast(status=BroadcastStatus.FIRED))
    due_at = timezone.now() - timedelta(minutes=1)
    delivery = make_delivery(run=run, status=DeliveryStatus.SENDING, calls=1, turn=7, due_at=due_at)
    return delivery, claimed_of(delivery)


def brakes_at(clock: Clock) -> Brakes:
    return Brakes(now=timezone.now, clock=clock)


# --- whether a call may be made ---------------------------------------------------------------------------------------
def test_a_call_may_be_made_once_the_brakes_were_looked_at_after_its_claim():
    brakes, (_delivery, claimed) = brakes_at(Clock()), make_claimed()
    assert not brakes.may_call(claimed.broadcast_id)
    brakes.watch([claimed])
    assert brakes.may_call(claimed.broadcast_id)


@pytest.mark.parametrize(
    "brake",
    [
        pytest.param({"paused_at": timezone.now()}, id="paused"),
        pytest.param({"status": BroadcastStatus.CANCELLED, "next_at": None}, id="cancelled"),
    ],
)
def test_a_paused_or_cancelled_broadcast_is_called_no_more_while_others_go_on(brake):
    clock = Clock()
    brakes, (_one, braked), (_two, other) = brakes_at(clock), make_claimed(), make_claimed()
    brakes.watch([braked, other])
    Broadcast.objects.filter(pk=braked.broadcast_id).update(**brake)
    clock.seconds += LOOK_EVERY_SECONDS
    brakes.watch([])
    assert not brakes.may_call(braked.broadcast_id)
    assert brakes.may_call(other.broadcast_id)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"stopped_at": timezone.now()}, id="stopped by a person"),
        pytest.param({"hold_until": timezone.now() + timedelta(hours=1)}, id="held because of DingTalk's word"),
    ],
)
def test_nothing_is_called_while_everything_is_stopped(state):
    brakes, (_delivery, claimed) = brakes_at(Clock()), make_claimed()
    engine = EngineState.objects.create(pk=1, **state)
    brakes.watch([claimed])
    assert not brakes.may_call(claimed.broadcast_id)

    engine.delete()
    EngineState.objects.create(pk=1, hold_until=timezone.now() - timedelta(seconds=1))
    brakes.watch([make_claimed()[1]])
    assert brakes.may_call(claimed.broadcast_id)


def test_what_is_claimed_is_looked_at_at_once_and_what_is_held_five_times_a_second(django_assert_num_queries):
    clock = Clock()
    brakes, (_one, first), (_two, second) = brakes_at(clock), make_claimed(), make_claimed()
    with django_assert_num_queries(1):
        brakes.watch([first])
    with django_assert_num_queries(1):
        brakes.watch([second])
    with django_assert_num_queries(0):
        brakes.watch([])
    clock.seconds += LOOK_EVERY_SECONDS
    with django_assert_num_queries(1):
        brakes.watch([])


def test_a_look_that_is_too_old_allows_nothing():
    clock = Clock()
    brakes, (_delivery, claimed) = brakes_at(clock), make_claimed()
    brakes.watch([claimed])
    clock.seconds += STALE_SECONDS
    assert not brakes.may_call(claimed.broadcast_id)


def test_nothing_is_asked_when_nothing_is_held(django_assert_num_queries):
    clock = Clock()
    brakes, (_delivery, claimed) = brakes_at(clock), make_claimed()
    brakes.watch([claimed])
    brakes.let_go([claimed])
    clock.seconds += 60
    with django_assert_num_queries(0):
        brakes.watch([])


@pytest.mark.django_db(transaction=True)
def test_while_the_database_cannot_be_asked_nothing_is_called():
    clock = Clock()
    brakes, (_delivery, claimed) = brakes_at(clock), make_claimed()
    brakes.watch([claimed])
    clock.seconds += LOOK_EVERY_SECONDS
    with connection.execute_wrapper(_away):
        brakes.watch([])
    assert not brakes.may_call(claimed.broadcast_id)
    clock.seconds += LOOK_EVERY_SECONDS
    brakes.watch([])
    assert brakes.may_call(claimed.broadcast_id)


# --- what is not called goes back -------------------------------------------------------------------------------------
def test_what_is_handed_back_waits_where_it_stood_as_if_it_had_never_been_claimed():
    delivery, claimed = make_claimed()
    hand_back([claimed], now=timezone.now())
    delivery.refresh_from_db()
    assert (delivery.status, delivery.turn, delivery.calls, delivery.tries) == (DeliveryStatus.WAITING, 7, 0, 0)
    assert (delivery.claim, delivery.lease_until) == (None, None)
    assert delivery.due_at is not None
    assert not Attempt.objects.exists()


def test_what_is_handed_back_of_a_cancelled_broadcast_is_cancelled_with_that_reason():
    delivery, claimed = make_claimed()
    Broadcast.objects.update(status=BroadcastStatus.CANCELLED, next_at=None)
    hand_back([claimed], now=timezone.now())
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason, delivery.calls) == (DeliveryStatus.CANCELLED, "cancelled", 0)
    assert delivery.ended_at is not None
    assert delivery.due_at is None


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param({"status": DeliveryStatus.UNCERTAIN, "due_at": None}, id="its lease ran out"),
        pytest.param({"claim": "00000000-0000-0000-0000-000000000001"}, id="another pump claimed it"),
    ],
)
def test_what_was_moved_meanwhile_is_left_alone(moved):
    delivery, claimed = make_claimed()
    Delivery.objects.filter(pk=delivery.pk).update(**moved)
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    hand_back([claimed], now=timezone.now())
    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before
