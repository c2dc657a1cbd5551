"""A pause, a stop and their end are readable on every delivery that they held, and cost no write per delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.actors import Actor
from messages.engine import outcomes
from messages.engine.first_group import watch_over
from messages.history import holds as history
from messages.history.holds import holds_of, waited_until
from messages.models import BroadcastStatus, Delivery, DeliveryStatus, FirstGroup, Hold, HoldKind
from messages.reporting import report_of
from messages.services.cancel import cancel_broadcast
from messages.services.first_group import choose_first
from messages.services.pausing import pause_broadcast, resume_broadcast
from messages.services.stopping import resume_all_sending, stop_all_sending
from messages.tests.test_history import make_attempt
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

LI, WANG = Actor(name="li"), Actor(name="wang")
TEN = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # in Shanghai


def minutes(count: float) -> datetime:
    return TEN + timedelta(minutes=count)


def delivery_of(name: str = "Fire drill", **fields: object) -> Delivery:
    broadcast = make_broadcast(name, status=BroadcastStatus.FIRED, planned_at=TEN)
    return make_delivery(run=make_run(broadcast), **{"due_at": TEN, **fields})


def held(delivery: Delivery, *, from_minute: float = 3, to_minute: float = 20) -> Delivery:
    """Paused by Li and resumed by Wang."""
    with time_machine.travel(minutes(from_minute), tick=False):
        pause_broadcast(delivery.run.broadcast, by=LI)
    with time_machine.travel(minutes(to_minute), tick=False):
        resume_broadcast(delivery.run.broadcast, by=WANG)
    return delivery


def page_of(client: Client, delivery: Delivery) -> str:
    response = client.get(reverse("broadcasts:delivery_detail", args=[delivery.pk]))
    return " ".join(response.content.decode().split())


def told(delivery: Delivery) -> list[tuple[str, datetime, str]]:
    found = holds_of(delivery, list(delivery.attempts.order_by("number")), now=timezone.now())
    return [(hold.kind, hold.begun_at, hold.ended_by_name) for hold in found]


# --- what is written --------------------------------------------------------------------------------------------------
def test_a_pause_and_its_resume_stand_on_the_delivery_that_waited(english: Client) -> None:
    text = page_of(english, held(delivery_of()))
    assert "Held 2026-11-24 10:03:00–10:20:00" in text
    assert "paused by li, resumed by wang" in text


def test_a_pause_that_stands_says_since_when_and_a_cancel_ends_it(english: Client) -> None:
    delivery = delivery_of()
    with time_machine.travel(minutes(3), tick=False):
        pause_broadcast(delivery.run.broadcast, by=LI)
    text = page_of(english, delivery)
    assert "Held since 2026-11-24 10:03:00" in text
    with time_machine.travel(minutes(8), tick=False):
        cancel_broadcast(delivery.run.broadcast, by=WANG)
    text = page_of(english, delivery)
    assert "Cancelled by a person before it went out." in text
    assert "Cancelled by wang" in text
    assert "paused by li, cancelled by wang" in text
    delivery.refresh_from_db()
    assert delivery.ended_at == minutes(8)


def test_the_broadcast_s_page_lists_what_held_it_and_by_whom(english: Client) -> None:
    delivery = held(delivery_of(status=DeliveryStatus.WAITING))
    for begun, ended in ((4, 5), (50, 51)):
        with time_machine.travel(minutes(begun), tick=False):
            stop_all_sending(by=LI)
        with time_machine.travel(minutes(ended), tick=False):
            resume_all_sending(by=WANG)
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, due_at=None, ended_at=minutes(30))
    url = reverse("broadcasts:broadcast_detail", args=[delivery.run.broadcast_id])
    text = " ".join(english.get(url).content.decode().split())
    assert 'Held 2026-11-24 10:03:00–10:20:00 <span class="hint">paused by li, resumed by wang' in text
    assert 'Held 2026-11-24 10:04:00–10:05:00 <span class="hint">all sending stopped by li, resumed by wang' in text
    assert "10:50:00" not in text, "it was done by then"


def test_a_stop_of_all_sending_is_told_of_every_delivery_that_waited_then(english: Client) -> None:
    waiting, later = delivery_of("Drill"), delivery_of("Tea", planned_at=minutes(30))
    with time_machine.travel(minutes(3), tick=False):
        stop_all_sending(by=LI)
    with time_machine.travel(minutes(5), tick=False):
        resume_all_sending(by=WANG)
    assert "all sending stopped by li, resumed by wang" in page_of(english, waiting)
    assert told(later) == []


def test_a_broadcast_that_paused_itself_says_so_on_what_it_holds(english: Client) -> None:
    robots = [make_robot() for _number in range(7)]
    broadcast = make_broadcast(status=BroadcastStatus.SCHEDULED, robots=robots, planned_at=TEN)
    choose_first(broadcast, robot=robots[0].pk, asks=False, stop_share=20, by=LI)
    type(broadcast).objects.update(status=BroadcastStatus.FIRED, next_at=None)
    FirstGroup.objects.update(state="rest", counted_from=TEN)
    run = make_run(broadcast)
    for robot in robots[1:6]:
        make_delivery(robot, run=run, status=DeliveryStatus.FAILED)
    waiting = make_delivery(robots[6], run=run)
    watch_over(timezone.now())
    assert Hold.objects.get().kind == HoldKind.PAUSED_ITSELF
    text = page_of(english, waiting)
    assert "it paused itself, for too many failed" in text
    assert "Its broadcast paused itself: too many failed." in text
    assert resume_broadcast(broadcast, by=WANG)
    assert "it paused itself, for too many failed, resumed by wang" in page_of(english, waiting)


def test_one_row_holds_any_number_of_deliveries(django_assert_max_num_queries) -> None:
    delivery = delivery_of()
    for _number in range(30):
        make_delivery(run=delivery.run)
    with django_assert_max_num_queries(16):
        pause_broadcast(delivery.run.broadcast, by=LI)
    assert Hold.objects.count() == 1


def test_no_broadcast_is_held_twice_at_once() -> None:
    hold = Hold.objects.create(kind=HoldKind.ALL_STOPPED, begun_at=TEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(kind=HoldKind.ALL_STOPPED, begun_at=TEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(kind=HoldKind.PAUSED, begun_at=TEN)
    broadcast = make_broadcast()
    Hold.objects.create(kind=HoldKind.PAUSED, broadcast=broadcast, begun_at=TEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(kind=HoldKind.PAUSED_ITSELF, broadcast=broadcast, begun_at=TEN)
    assert hold.ended_at is None


# --- which deliveries it held -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "attempt", "until"),
    [
        pytest.param({"status": "waiting"}, None, None, id="it waits yet"),
        pytest.param({"status": "delivered", "reason": "delivered"}, {"kind": "delivered"}, 2, id="it arrived"),
        pytest.param({"status": "failed", "reason": "keyword"}, {"reason": "keyword"}, 2, id="its call failed"),
        pytest.param({"status": "failed", "reason": "robot_paused"}, {"reason": "busy"}, 40, id="given up later"),
        pytest.param({"status": "failed", "reason": "robot_paused"}, None, 40, id="never called"),
        pytest.param({"status": "cancelled", "reason": "cancelled"}, None, 40, id="cancelled"),
        pytest.param({"status": "expired", "reason": "expired"}, {"reason": "busy"}, 40, id="expired"),
        pytest.param(
            {"status": "failed", "reason": "decided_failed", "uncertain_tries": 3},
            {"kind": "uncertain"},
            2,
            id="decided after its last retry",
        ),
        pytest.param(
            {"status": "uncertain", "uncertain_tries": 1, "due_at": None}, {"kind": "uncertain"}, 12, id="held retry"
        ),
        pytest.param({"status": "uncertain", "due_at": TEN}, {"kind": "uncertain"}, None, id="retried safely"),
    ],
)
def test_it_waited_until_its_last_call_or_its_end(
    fields: dict[str, object], attempt: dict[str, object] | None, until: float | None
) -> None:
    delivery = delivery_of(
        **{"ended_at": None if fields["status"] in ("waiting", "uncertain") else minutes(40)} | fields
    )
    if attempt is not None:
        make_attempt(delivery, **{"kind": "transient", "reason": "delivered", "started_at": minutes(2)} | attempt)
    now = minutes(60)
    found = waited_until(delivery, list(delivery.attempts.all()), now=now)
    assert found == (now if until is None else minutes(until))


def test_what_went_out_before_the_pause_was_not_held() -> None:
    delivery = delivery_of(status=DeliveryStatus.DELIVERED, reason="delivered", ended_at=minutes(3.1))
    make_attempt(delivery, started_at=minutes(2.9), reason="delivered")
    make_delivery(run=delivery.run)
    held(delivery)
    assert told(delivery) == []


def test_a_safe_retry_is_counted_as_the_engine_counts_it() -> None:
    assert (history.SAFE_RETRIES_WITHIN, history.SAFE_RETRIES) == (
        outcomes.UNCERTAIN_GIVE_UP,
        outcomes.MAX_UNCERTAIN_RETRIES,
    )


def test_the_report_tells_of_each_delivery_what_held_it() -> None:
    report = report_of(held(delivery_of()).run)
    (hold,) = report["deliveries"][0]["holds"]
    assert hold == {
        "kind": "paused",
        "begun_at": minutes(3).isoformat(),
        "begun_by": "li",
        "ended_at": minutes(20).isoformat(),
        "ended_by": "wang",
        "cancelled": False,
    }


def test_an_expired_delivery_says_until_when_it_was_of_use(english: Client) -> None:
    delivery = delivery_of(
        status=DeliveryStatus.EXPIRED, reason="expired", useful_until=minutes(10), ended_at=minutes(10), due_at=None
    )
    text = page_of(english, delivery)
    assert "It was of use until then, and had not gone out" in text
    assert "Its time was over before it could go out." in text
