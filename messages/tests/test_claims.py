from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from messages.engine.claims import Claimed, claim_due
from messages.engine.firing import fire_due
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus
from messages.tests.engine_parts import make_rules
from robots.models import Robot, RobotStatus
from robots.pacing import Wish
from tests.factories import make_body, make_broadcast, make_delivery, make_organisation, make_robot, make_run

NOW_PLUS = timedelta(milliseconds=50)


def claim(limit: int = 10, **rules: object) -> list[Claimed]:
    return claim_due(limit=limit, now=timezone.now() + NOW_PLUS, rules=make_rules(**rules)).taken


@pytest.mark.django_db
def test_a_claim_takes_a_due_delivery_into_sending_with_a_lease() -> None:
    delivery = make_delivery()
    (claimed,) = claim()
    delivery.refresh_from_db()
    assert claimed.delivery_id == delivery.pk
    assert delivery.status == DeliveryStatus.SENDING
    assert delivery.claim == claimed.claim
    assert delivery.lease_until is not None
    assert delivery.lease_until > timezone.now()
    assert (delivery.calls, claimed.number, delivery.worker) == (1, 1, "test-worker")


@pytest.mark.django_db
def test_the_claimed_body_carries_the_deliverys_msg_uuid() -> None:
    delivery = make_delivery()
    (claimed,) = claim()
    assert str(delivery.msg_uuid).encode() in claimed.body


@pytest.mark.django_db
def test_a_claim_costs_the_same_queries_when_every_group_has_its_own_words(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    texts = [f"Drill {number}." for number in range(30)]
    for text in texts:
        make_delivery(body=make_body(text))
    rules = make_rules()
    rules.pacing.acquire([Wish("f", "rebuilt")])
    now = timezone.now() + NOW_PLUS
    rules.quiet.rules(now)  # read once a second
    with CaptureQueriesContext(connection) as of_one:
        claim_due(limit=1, now=now, rules=rules)
    with django_assert_num_queries(len(of_one)):
        taken = claim_due(limit=29, now=now, rules=rules).taken
    assert all(text.encode() in item.body for text, item in zip(texts[1:], taken, strict=True))


@pytest.mark.django_db
def test_a_claim_takes_no_more_than_there_are_free_slots() -> None:
    for _ in range(5):
        make_delivery()
    assert len(claim(limit=3)) == 3
    assert claim(limit=0) == []


@pytest.mark.django_db
def test_only_the_earliest_planned_delivery_of_a_robot_is_claimed() -> None:
    robot, now = make_robot(), timezone.now()
    later = make_delivery(robot, planned_at=now - timedelta(minutes=1))
    earlier = make_delivery(robot, planned_at=now - timedelta(minutes=2))
    (claimed,) = claim()
    assert claimed.delivery_id == earlier.pk
    assert claim() == [], "one call in flight per robot"
    later.refresh_from_db()
    assert later.status == DeliveryStatus.WAITING


@pytest.mark.django_db
def test_a_retry_that_waits_keeps_later_messages_of_its_group_behind_it() -> None:
    robot, now = make_robot(), timezone.now()
    make_delivery(robot, planned_at=now - timedelta(minutes=2), due_at=now + timedelta(minutes=1))
    make_delivery(robot, planned_at=now - timedelta(minutes=1))
    assert claim() == []


@pytest.mark.django_db
def test_a_slow_robot_blocks_nobody_else() -> None:
    slow, other = make_robot(), make_robot()
    make_delivery(slow, status=DeliveryStatus.SENDING)
    make_delivery(slow)
    free = make_delivery(other)
    assert [claimed.delivery_id for claimed in claim()] == [free.pk]


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_call_in_flight_to_one_robot() -> None:
    robot = make_robot()
    make_delivery(robot, status=DeliveryStatus.SENDING)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_delivery(robot, status=DeliveryStatus.SENDING)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "robot_fields",
    [
        pytest.param({"status": RobotStatus.PAUSED, "paused_reason": "token_unknown"}, id="paused"),
        pytest.param({"hold_until": timezone.now() + timedelta(minutes=10)}, id="silenced"),
    ],
)
def test_a_robot_that_may_not_be_called_is_not_claimed(robot_fields: dict[str, object]) -> None:
    make_delivery(make_robot(**robot_fields))
    assert claim() == []


@pytest.mark.django_db
def test_a_test_goes_to_a_paused_robot_and_does_not_queue_behind_what_waits_for_it() -> None:
    robot = make_robot(status=RobotStatus.PAUSED, paused_reason="token_unknown")
    make_delivery(robot, planned_at=timezone.now() - timedelta(minutes=5))
    test = make_delivery(robot, is_test=True)
    assert [claimed.delivery_id for claimed in claim()] == [test.pk]


@pytest.mark.django_db
def test_a_silenced_robot_gets_no_test_either() -> None:
    make_delivery(make_robot(hold_until=timezone.now() + timedelta(minutes=10)), is_test=True)
    assert claim() == []


@pytest.mark.django_db
def test_an_organisation_without_quota_is_not_called() -> None:
    organisation = make_organisation(quota_exhausted_until=timezone.now() + timedelta(days=3))
    make_delivery(make_robot(organisation=organisation))
    assert claim() == []


@pytest.mark.django_db
def test_a_simulated_robot_is_called_only_while_the_simulator_is_mounted() -> None:
    make_delivery(make_robot(organisation=make_organisation(simulated=True)))
    assert claim(simulator=False) == []
    assert len(claim(simulator=True)) == 1


@pytest.mark.django_db
def test_what_came_back_to_the_queue_of_a_cancelled_broadcast_is_not_claimed() -> None:
    broadcast = make_broadcast(status=BroadcastStatus.CANCELLED)
    make_delivery(run=make_run(broadcast))
    assert claim() == []


@pytest.mark.django_db
def test_a_robot_whose_minute_is_full_is_held_until_it_has_a_call_left(settings: object) -> None:
    settings.PACING_LIMIT = 2  # type: ignore[attr-defined]
    robot = make_robot()
    rules = make_rules()
    assert rules.pacing.acquire([Wish(robot.token_fingerprint, name) for name in ("one", "two")]) == [0, 0]
    delivery = make_delivery(robot)
    assert claim_due(limit=10, now=timezone.now() + NOW_PLUS, rules=rules).taken == []
    robot.refresh_from_db()
    delivery.refresh_from_db()
    assert robot.hold_reason == "waiting_pacing"
    assert robot.hold_until is not None
    assert timedelta(0) < robot.hold_until - timezone.now() <= timedelta(seconds=61)
    assert (delivery.status, delivery.tries) == (DeliveryStatus.WAITING, 0)


@pytest.mark.django_db
def test_a_key_that_is_gone_fails_the_delivery_with_that_reason_and_stops_nobody_else(settings: object) -> None:
    lost = make_delivery()
    settings.ENCRYPTION_KEYS = ["b3RoZXItdGVzdHMtb25seS1rZXktb3RoZXIta2V5LTE="]  # type: ignore[attr-defined]
    readable = make_delivery()
    assert [claimed.delivery_id for claimed in claim()] == [readable.pk]
    lost.refresh_from_db()
    assert (lost.status, lost.reason) == (DeliveryStatus.FAILED, "key_missing")


@pytest.mark.django_db(transaction=True)
def test_many_pumps_share_the_work_and_never_take_one_delivery_twice() -> None:
    robots = [make_robot() for _ in range(12)]
    run = make_run()
    for robot in robots:
        make_delivery(robot, run=run)
    taken: list[tuple[int, uuid.UUID]] = []
    barrier = threading.Barrier(4)

    def pump() -> None:
        barrier.wait()
        for _ in range(8):
            taken.extend((claimed.delivery_id, claimed.claim) for claimed in claim(limit=4))
        connection.close()

    threads = [threading.Thread(target=pump) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({delivery_id for delivery_id, _claim in taken}) == len(taken)
    assert Delivery.objects.filter(status=DeliveryStatus.SENDING).count() == len(taken) == 12
    pacing = make_rules().pacing
    used = [pacing.connection.zcard(pacing._window(robot.token_fingerprint)) for robot in robots]
    assert used == [1] * 12, "a pump that came too late used up no robot's minute"


@pytest.mark.django_db
def test_nothing_of_a_paused_broadcast_is_claimed_and_it_goes_on_where_it_stood() -> None:
    broadcast = make_broadcast(status=BroadcastStatus.FIRED, paused_at=timezone.now())
    make_delivery(run=make_run(broadcast))
    assert claim() == []
    Broadcast.objects.update(paused_at=None)
    assert len(claim()) == 1


@pytest.mark.django_db
def test_what_is_past_its_useful_until_is_not_claimed() -> None:
    make_delivery(useful_until=timezone.now() - timedelta(seconds=1))
    assert claim() == []


@pytest.mark.django_db
def test_a_small_run_that_starts_later_takes_turns_with_a_big_one() -> None:
    make_broadcast("big", robots=[make_robot() for _ in range(40)])
    fire_due(timezone.now())
    assert len(claim(limit=10)) == 10
    small = make_broadcast("small", robots=[make_robot() for _ in range(3)])
    fire_due(timezone.now())
    taken = {claimed.delivery_id for claimed in claim(limit=6)}
    of_small = set(Delivery.objects.filter(run__broadcast=small).values_list("pk", flat=True))
    assert len(taken & of_small) == 3


@pytest.mark.django_db
def test_what_our_address_may_not_call_yet_stays_due_and_holds_no_robot(settings: object) -> None:
    settings.ADDRESS_CEILING = 10  # type: ignore[attr-defined]
    rules = make_rules()
    for _ in range(3):
        make_delivery()
    taken: list[Claimed] = []
    waits: list[float] = []
    deadline = time.monotonic() + 5
    while len(taken) < 3 and time.monotonic() < deadline:
        claims = claim_due(limit=10, now=timezone.now() + NOW_PLUS, rules=rules)
        taken += claims.taken
        waits.append(claims.wait_seconds)
        time.sleep(claims.wait_seconds)
    assert len(taken) == 3
    assert 0 < max(waits) <= 0.1
    assert not Robot.objects.filter(hold_until__isnull=False).exists()
