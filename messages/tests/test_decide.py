import pytest

from audit.actors import Actor
from audit.models import Entry
from messages.history.chosen import Chosen
from messages.models import BroadcastStatus, Delivery, DeliveryStatus
from messages.services.cancel import cancel_broadcast
from messages.services.decide import (
    CannotDecide,
    Decided,
    Decision,
    decide_deliveries,
    decide_delivery,
    possible_decisions,
)
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

LI = Actor("li", address="10.1.2.3")


def uncertain(**fields: object) -> Delivery:
    return make_delivery(status=DeliveryStatus.UNCERTAIN, **{"reason": "read_timeout", **fields})


def decided(delivery: Delivery, decision: Decision) -> Delivery:
    decide_delivery(delivery, decision=decision, by=LI)
    return Delivery.objects.get(pk=delivery.pk)


def test_what_arrived_is_delivered_by_a_persons_word_and_not_by_dingtalks():
    delivery = decided(uncertain(), Decision.ARRIVED)
    assert (delivery.status, delivery.reason, delivery.errcode) == (DeliveryStatus.DELIVERED, "decided_arrived", None)
    assert delivery.ended_at is not None


def test_what_is_sent_again_waits_under_the_same_msg_uuid():
    before = uncertain()
    delivery = decided(before, Decision.AGAIN)
    assert delivery.status == DeliveryStatus.WAITING
    assert delivery.due_at is not None
    assert delivery.ended_at is None
    assert delivery.msg_uuid == before.msg_uuid


def test_what_is_left_as_failed_is_failed_and_not_retried():
    delivery = decided(uncertain(), Decision.FAILED)
    assert (delivery.status, delivery.reason, delivery.due_at) == (DeliveryStatus.FAILED, "decided_failed", None)


def test_sending_again_wakes_the_pump_on_commit(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("messages.services.decide.wake_pump", lambda: woken.append(True))
    with django_capture_on_commit_callbacks(execute=True):
        decided(uncertain(), Decision.AGAIN)
        assert not woken
        decided(uncertain(), Decision.ARRIVED)
    assert woken == [True]


def test_a_decision_is_on_record_with_who_decided_what():
    delivery = decided(uncertain(), Decision.ARRIVED)
    entry = Entry.objects.get(action="delivery.decided")
    assert (entry.actor_name, entry.address, entry.target_id) == ("li", "10.1.2.3", str(delivery.pk))
    assert entry.detail == {"decision": "arrived", "was": "read_timeout"}


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("status", [status for status in DeliveryStatus if status != DeliveryStatus.UNCERTAIN])
def test_only_an_unknown_result_can_be_decided(status, decision):
    delivery = make_delivery(status=status, reason="delivered")
    with pytest.raises(CannotDecide):
        decide_delivery(delivery, decision=decision, by=LI)
    assert Delivery.objects.get(pk=delivery.pk).status == status
    assert not Entry.objects.exists()


def test_of_two_people_who_decide_at_once_the_first_wins():
    delivery = uncertain()
    decided(delivery, Decision.ARRIVED)
    with pytest.raises(CannotDecide, match="decided"):
        decide_delivery(delivery, decision=Decision.AGAIN, by=LI)
    assert Delivery.objects.get(pk=delivery.pk).status == DeliveryStatus.DELIVERED


def test_nothing_of_a_cancelled_broadcast_is_sent_again():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    run = make_run(broadcast)
    delivery = uncertain(run=run)
    make_delivery(run=run)
    assert Decision.AGAIN in possible_decisions(delivery)
    cancel_broadcast(broadcast, by=LI)
    with pytest.raises(CannotDecide):
        decide_delivery(delivery, decision=Decision.AGAIN, by=LI)
    delivery = Delivery.objects.get(pk=delivery.pk)
    assert delivery.status == DeliveryStatus.UNCERTAIN
    assert possible_decisions(delivery) == [Decision.ARRIVED, Decision.FAILED]


def test_nothing_is_sent_again_to_a_robot_that_was_deleted():
    robot = make_robot()
    delivery = uncertain(robot=robot)
    robot.delete()
    with pytest.raises(CannotDecide):
        decide_delivery(delivery, decision=Decision.AGAIN, by=LI)
    assert possible_decisions(Delivery.objects.get(pk=delivery.pk)) == [Decision.ARRIVED, Decision.FAILED]


# --- many at once -----------------------------------------------------------------------------------------------------
def decided_all(*deliveries: Delivery, decision: Decision) -> Decided:
    return decide_deliveries(Chosen(deliveries=tuple(each.pk for each in deliveries)), decision=decision, by=LI)


@pytest.mark.parametrize(
    ("decision", "status", "reason"),
    [
        (Decision.ARRIVED, DeliveryStatus.DELIVERED, "decided_arrived"),
        (Decision.AGAIN, DeliveryStatus.WAITING, "decided_again"),
        (Decision.FAILED, DeliveryStatus.FAILED, "decided_failed"),
    ],
)
def test_one_decision_holds_for_all_that_were_chosen(decision, status, reason):
    chosen, other = [uncertain(), uncertain()], uncertain()
    numbers = {delivery.pk: delivery.msg_uuid for delivery in chosen}
    assert decided_all(*chosen, decision=decision) == Decided(count=2, skipped=0)
    for delivery in Delivery.objects.filter(pk__in=numbers):
        assert (delivery.status, delivery.reason, delivery.msg_uuid) == (status, reason, numbers[delivery.pk])
    other.refresh_from_db()
    assert other.status == DeliveryStatus.UNCERTAIN


def test_many_decisions_are_one_entry_that_names_them_all():
    run = make_run(make_broadcast("Fire drill", status=BroadcastStatus.FIRED))
    chosen = [uncertain(run=run), uncertain(run=run)]
    decided_all(*chosen, decision=Decision.ARRIVED)
    entry = Entry.objects.get(action="delivery.decided")
    assert (entry.actor_name, entry.target_type, entry.target_label) == ("li", "broadcast", "Fire drill")
    assert entry.detail == {"decision": "arrived", "count": 2, "deliveries": [each.pk for each in chosen]}


def test_what_is_known_by_now_keeps_its_state():
    delivered, open_one = make_delivery(status=DeliveryStatus.DELIVERED, errcode=0), uncertain()
    assert decided_all(delivered, open_one, decision=Decision.FAILED) == Decided(count=1, skipped=0)
    delivered.refresh_from_db()
    assert delivered.status == DeliveryStatus.DELIVERED


def test_deciding_twice_changes_and_records_nothing_the_second_time():
    delivery = uncertain()
    decided_all(delivery, decision=Decision.ARRIVED)
    assert decided_all(delivery, decision=Decision.FAILED) == Decided(count=0, skipped=0)
    assert Entry.objects.filter(action="delivery.decided").count() == 1


def test_all_of_a_broadcast_are_those_that_need_a_person():
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    uncertain(run=run)
    retried = uncertain(run=run, due_at=run.planned_at)
    uncertain()
    chosen = Chosen(broadcast=run.broadcast_id)
    assert decide_deliveries(chosen, decision=Decision.ARRIVED, by=LI) == Decided(count=1, skipped=0)
    retried.refresh_from_db()
    assert retried.status == DeliveryStatus.UNCERTAIN


def test_what_cannot_go_out_again_stays_unknown_and_the_rest_goes_out(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("messages.services.decide.wake_pump", lambda: woken.append(True))
    gone, sound = uncertain(), uncertain()
    gone.robot.delete()
    cancelled = uncertain(run=make_run(make_broadcast(status=BroadcastStatus.CANCELLED)))
    with django_capture_on_commit_callbacks(execute=True):
        assert decided_all(gone, cancelled, sound, decision=Decision.AGAIN) == Decided(count=1, skipped=2)
    sound.refresh_from_db()
    assert sound.status == DeliveryStatus.WAITING
    assert woken == [True]
    assert Delivery.objects.filter(status=DeliveryStatus.UNCERTAIN).count() == 2
