from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from messages.engine.firing import fire, fire_due
from messages.models import Body, Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from tests.factories import make_broadcast, make_robot


@pytest.mark.django_db
def test_a_due_broadcast_makes_one_run_and_a_delivery_for_each_target() -> None:
    robots = [make_robot(), make_robot()]
    broadcast = make_broadcast(robots=robots)

    assert fire_due(timezone.now()) == 1

    run = Run.objects.get(broadcast=broadcast)
    assert run.planned_at == broadcast.planned_at
    deliveries = Delivery.objects.filter(run=run)
    assert {delivery.robot for delivery in deliveries} == set(robots)
    assert {delivery.status for delivery in deliveries} == {DeliveryStatus.WAITING}
    assert len({delivery.msg_uuid for delivery in deliveries}) == 2
    broadcast.refresh_from_db()
    assert (broadcast.status, broadcast.next_at) == (BroadcastStatus.FIRED, None)


@pytest.mark.django_db
def test_the_same_text_for_many_groups_is_stored_once() -> None:
    make_broadcast(robots=[make_robot() for _ in range(3)])
    make_broadcast(robots=[make_robot()])
    fire_due(timezone.now())
    assert Body.objects.count() == 1
    assert Delivery.objects.count() == 4


@pytest.mark.django_db
def test_a_broadcast_planned_for_later_does_not_fire() -> None:
    make_broadcast(robots=[make_robot()], planned_at=timezone.now() + timedelta(seconds=5))
    assert fire_due(timezone.now()) == 0
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_a_second_firing_makes_nothing() -> None:
    broadcast = make_broadcast(robots=[make_robot()])
    now = timezone.now()
    assert fire(broadcast.pk, now=now) is not None
    assert fire(broadcast.pk, now=now) is None
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_cancelled_broadcast_does_not_fire() -> None:
    broadcast = make_broadcast(robots=[make_robot()])
    Broadcast.objects.filter(pk=broadcast.pk).update(status=BroadcastStatus.CANCELLED, next_at=None)
    assert fire_due(timezone.now()) == 0


@pytest.mark.django_db
def test_a_robot_deleted_between_launch_and_firing_leaves_a_failed_delivery_with_its_name() -> None:
    robot = make_robot("canteen")
    make_broadcast(robots=[robot])
    robot.delete()
    fire_due(timezone.now())
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.reason, delivery.robot_name) == ("failed", "robot_deleted", "canteen")


@pytest.mark.django_db
def test_content_that_cannot_be_built_fails_openly_and_stops_nobody_else() -> None:
    make_broadcast(robots=[make_robot()], content={"no such key": 1})
    make_broadcast(robots=[make_robot()])
    assert fire_due(timezone.now()) == 2
    assert sorted(Delivery.objects.values_list("status", "reason")) == [("failed", "content_refused"), ("waiting", "")]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_fire_a_broadcast_once() -> None:
    broadcast = make_broadcast(robots=[make_robot() for _ in range(20)])
    barrier = threading.Barrier(4)

    def beat() -> None:
        barrier.wait()
        fire_due(timezone.now())
        connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Run.objects.filter(broadcast=broadcast).count() == 1
    assert Delivery.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_what_another_process_is_firing_is_left_to_it_and_others_fire() -> None:
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("needs a database that can skip what is locked")
    long, other = make_broadcast(robots=[make_robot()]), make_broadcast(robots=[make_robot()])
    fired: list[int] = []

    def tick() -> None:
        fired.append(fire_due(timezone.now()))
        connection.close()

    with transaction.atomic():
        Broadcast.objects.select_for_update().get(pk=long.pk)  # as its fan-out does
        beside = threading.Thread(target=tick)
        beside.start()
        beside.join(30)
        assert fired == [1]
        assert Run.objects.get().broadcast == other
    assert fire_due(timezone.now()) == 1
