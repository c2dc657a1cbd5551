"""Sending again what did not arrive: new deliveries in a new run, once, and never what was delivered."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from audit.actors import Actor
from audit.models import Entry
from messages.engine.claims import claim_due
from messages.history.chosen import Chosen, sent_again
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from messages.services.resend import ResendRefused, resend
from messages.services.resend_plan import RUNS_AT_ONCE, Including, ResendPlan, plan_resend
from messages.tests.engine_parts import make_rules
from messages.tests.test_launch import at_once
from robots.models import Robot, RobotStatus
from robots.services.robots import delete_robot
from tests.factories import make_body, make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
NOTHING_MORE = Including()


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be queued on the broker."""
    queued: list[str] = []
    monkeypatch.setattr("messages.services.resend.wake_pump", lambda: queued.append("pump"))
    return queued


def run_of(*statuses: str, **fields: object) -> Run:
    """A broadcast that fired, with a delivery in each of these states, to as many robots."""
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    for status in statuses:
        make_delivery(run=run, status=status, body=make_body(), **fields)
    return run


def again(run: Run, including: Including = NOTHING_MORE, **options: object) -> list[Run]:
    values: dict[str, object] = {"key": uuid.uuid4(), "by": LI, **options}
    return resend(Chosen(broadcast=run.broadcast_id), including=including, **values)


def plan_of(run: Run, including: Including = NOTHING_MORE) -> ResendPlan:
    return plan_resend(Chosen(broadcast=run.broadcast_id), including)


def left_out(plan: ResendPlan) -> list[tuple[tuple[str, ...], str]]:
    return [(each.robots, each.text) for each in plan.left_out]


def test_what_failed_goes_out_again_in_a_new_run_under_new_numbers(django_capture_on_commit_callbacks, woken):
    run = run_of(DeliveryStatus.FAILED, DeliveryStatus.EXPIRED, DeliveryStatus.DELIVERED, reason="too_long")
    old = {delivery.robot_id: delivery for delivery in run.deliveries.exclude(status=DeliveryStatus.DELIVERED)}
    with django_capture_on_commit_callbacks(execute=True):
        (new,) = again(run)
    assert (new.resend_of, new.broadcast) == (run, run.broadcast)
    made = {delivery.robot_id: delivery for delivery in new.deliveries.all()}
    assert set(made) == set(old)
    for robot_id, delivery in made.items():
        assert delivery.status == DeliveryStatus.WAITING
        assert delivery.body_id == old[robot_id].body_id
        assert delivery.msg_uuid != old[robot_id].msg_uuid
        assert (delivery.robot_name, delivery.tries, delivery.calls) == (old[robot_id].robot_name, 0, 0)
    assert woken == ["pump"]
    entry = Entry.objects.get(action="broadcast.resent")
    assert (entry.actor_name, entry.target_id) == ("li", str(run.broadcast_id))
    assert entry.detail == {"run": new.pk, "resend_of": run.pk, "deliveries": 2, "retries": 0, "uncertain": 0}


def test_what_goes_out_again_can_be_claimed_at_once():
    (new,) = again(run_of(DeliveryStatus.FAILED, DeliveryStatus.DELIVERED))
    claimed = claim_due(limit=10, now=timezone.now() + timedelta(milliseconds=50), rules=make_rules()).taken
    assert [item.delivery_id for item in claimed] == [new.deliveries.get().pk]


def test_the_failed_deliveries_stay_as_they_were():
    run = run_of(DeliveryStatus.FAILED, reason="sign_mismatch")
    again(run)
    old = run.deliveries.get()
    assert (old.status, old.reason) == (DeliveryStatus.FAILED, "sign_mismatch")


def test_pressed_twice_it_goes_out_once():
    run, key = run_of(DeliveryStatus.FAILED), uuid.uuid4()
    assert again(run, key=key) == again(run, key=key)
    assert Delivery.objects.count() == 2


def test_pressed_once_more_on_another_page_there_is_nothing_left_to_send():
    run = run_of(DeliveryStatus.FAILED)
    again(run)
    with pytest.raises(ResendRefused) as refused:
        again(run)
    assert refused.value.plan.possible == 0
    assert Run.objects.count() == 2


def test_what_failed_again_is_sent_again_from_where_it_failed_last():
    run = run_of(DeliveryStatus.FAILED)
    (second,) = again(run)
    second.deliveries.update(status=DeliveryStatus.FAILED, due_at=None)
    (third,) = again(run)
    assert third.resend_of == second
    first, middle, last = Delivery.objects.order_by("pk")
    assert sent_again([first, middle, last]) == {first.pk: middle.pk, middle.pk: last.pk}


def test_what_waits_or_was_cancelled_or_is_in_flight_is_left_alone():
    run = run_of(DeliveryStatus.WAITING, DeliveryStatus.CANCELLED, DeliveryStatus.SENDING, DeliveryStatus.DELIVERED)
    plan = plan_of(run, Including(retries=True, uncertain=True))
    assert (plan.again, plan.possible) == ((), 0)


def test_a_manual_resend_takes_the_place_of_an_automatic_retry():
    run = run_of(DeliveryStatus.WAITING, tries=1, calls=1, due_at=timezone.now() + timedelta(minutes=5))
    assert plan_of(run).retries == 1
    assert plan_of(run).again == ()
    (new,) = again(run, Including(retries=True))
    old = run.deliveries.get()
    assert (old.status, old.reason, old.due_at) == (DeliveryStatus.CANCELLED, "resent", None)
    assert new.deliveries.get().status == DeliveryStatus.WAITING
    assert Entry.objects.get(action="broadcast.resent").detail["retries"] == 1


def test_uncertain_ones_go_out_only_by_choice_and_then_wait_for_no_decision():
    run = run_of(DeliveryStatus.UNCERTAIN, DeliveryStatus.FAILED, reason="read_timeout")
    plan = plan_of(run)
    assert (plan.failed, plan.uncertain, len(plan.again)) == (1, 1, 1)
    (new,) = again(run, Including(uncertain=True))
    assert new.deliveries.count() == 2
    old = run.deliveries.get(reason="resent")
    assert (old.status, old.due_at) == (DeliveryStatus.FAILED, None)
    assert not Delivery.objects.undecided().exists()


def test_tests_of_robots_are_not_sent_again():
    assert plan_of(run_of(DeliveryStatus.FAILED, is_test=True)).possible == 0


def test_only_those_that_were_chosen_go_out():
    run = run_of(DeliveryStatus.FAILED, DeliveryStatus.FAILED, DeliveryStatus.DELIVERED)
    first, _second, delivered = run.deliveries.order_by("pk")
    chosen = Chosen(deliveries=(first.pk, delivered.pk))
    (new,) = resend(chosen, including=NOTHING_MORE, key=uuid.uuid4(), by=LI)
    assert list(new.deliveries.values_list("robot", flat=True)) == [first.robot_id]


def test_nothing_chosen_means_nothing_and_not_everything():
    run_of(DeliveryStatus.FAILED)
    assert plan_resend(Chosen(), NOTHING_MORE).possible == 0


def test_everything_of_a_robot_since_a_time_is_one_run_for_each_broadcast_of_it():
    robot, now = make_robot("ops"), timezone.now()
    runs = []
    for hours in (30, 3, 2, 1):
        run = make_run(make_broadcast(f"{hours} hours ago", status=BroadcastStatus.FIRED), planned_at=now)
        make_delivery(robot, run=run, status=DeliveryStatus.FAILED, planned_at=now - timedelta(hours=hours))
        make_delivery(run=run, status=DeliveryStatus.FAILED, planned_at=now - timedelta(hours=hours))
        runs.append(run)
    chosen = Chosen(robot=robot.pk, since=now - timedelta(hours=24))
    key = uuid.uuid4()
    made = resend(chosen, including=NOTHING_MORE, key=key, by=LI)
    assert [run.resend_of for run in made] == runs[1:]
    assert {delivery.robot for run in made for delivery in run.deliveries.all()} == {robot}
    assert resend(chosen, including=NOTHING_MORE, key=key, by=LI) == made


def test_two_runs_of_one_broadcast_are_sent_again_side_by_side():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    for minutes in (1, 2):
        planned_at = timezone.now() - timedelta(minutes=minutes)
        make_delivery(run=make_run(broadcast, planned_at=planned_at), status=DeliveryStatus.FAILED)
    made = resend(Chosen(broadcast=broadcast.pk), including=NOTHING_MORE, key=uuid.uuid4(), by=LI)
    assert len({run.planned_at for run in made}) == len({run.resend_of for run in made}) == 2


def test_more_runs_than_go_at_once_are_left_for_the_next_time():
    robot = make_robot()
    for _number in range(RUNS_AT_ONCE + 2):
        make_delivery(robot, run=make_run(make_broadcast(status=BroadcastStatus.FIRED)), status=DeliveryStatus.FAILED)
    plan = plan_resend(Chosen(robot=robot.pk), NOTHING_MORE)
    assert (len(plan.again), plan.more) == (RUNS_AT_ONCE, True)
    resend(Chosen(robot=robot.pk), including=NOTHING_MORE, key=uuid.uuid4(), by=LI)
    rest = plan_resend(Chosen(robot=robot.pk), NOTHING_MORE)
    assert (len(rest.again), rest.more) == (2, False)


# --- left out ---------------------------------------------------------------------------------------------------------
def test_a_robot_that_was_deleted_or_paused_or_wants_a_keyword_is_named_and_left_out():
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    paused = make_robot("paused", status=RobotStatus.PAUSED, paused_reason="by_person")
    for robot in (make_robot("gone"), paused, make_robot("picky", keywords=["Notice"]), make_robot("sound")):
        make_delivery(robot, run=run, status=DeliveryStatus.FAILED)
    delete_robot(Robot.objects.get(name="gone"), by=LI)
    plan = plan_of(run)
    assert [source.robot_name for source in plan.again] == ["sound"]
    assert left_out(plan) == [
        (("gone",), "The robot was deleted: there is nobody to send it to."),
        (("paused",), "This robot is paused. Paused by a person. Resume it, or leave it out."),
        (("picky",), "This group's robot only accepts messages that contain Notice. Add it to the text."),
    ]
    (new,) = again(run)
    assert new.deliveries.get().robot_name == "sound"


def test_of_a_cancelled_broadcast_nothing_goes_out_again():
    run = make_run(make_broadcast(status=BroadcastStatus.CANCELLED))
    make_delivery(run=run, status=DeliveryStatus.FAILED)
    ((_robots, text),) = left_out(plan_of(run))
    assert text == "The broadcast was cancelled: nothing of it goes out any more."
    with pytest.raises(ResendRefused):
        again(run)


def test_a_message_that_dingtalk_would_not_take_is_not_sent_again():
    run = run_of(DeliveryStatus.FAILED)
    Broadcast.objects.update(msgtype="markdown", content={"title": "", "text": "x"})
    ((_robots, text),) = left_out(plan_of(run))
    assert text == "Fill in the title."
    Broadcast.objects.update(msgtype="hologram")
    ((_robots, text),) = left_out(plan_of(run))
    assert text.startswith("The message is not one that DingTalk takes.")


def test_what_speaks_against_it_is_told_and_stops_nothing():
    until = timezone.now() + timedelta(days=3)
    robot = make_robot("ops", organisation=make_organisation("Branch", quota_exhausted_until=until))
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    make_delivery(robot, run=run, status=DeliveryStatus.FAILED)
    plan = plan_of(run)
    assert len(plan.again) == 1
    assert "The monthly quota of “Branch” is used up" in plan.warnings[0]


def test_a_resend_that_would_break_the_budget_asks():
    organisation = make_organisation("Branch", monthly_quota=1)
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    for _number in range(2):
        make_delivery(make_robot(organisation=organisation), run=run, status=DeliveryStatus.FAILED)
    assert "break the monthly quota of “Branch”" in plan_of(run).questions[0]
    with pytest.raises(ResendRefused):
        again(run)
    (new,) = again(run, over_quota=True)
    assert new.deliveries.count() == 2


def test_what_changed_since_it_was_seen_is_shown_again_before_it_goes_out():
    run = run_of(DeliveryStatus.FAILED)
    seal = plan_of(run).seal
    make_delivery(run=run, status=DeliveryStatus.FAILED)
    with pytest.raises(ResendRefused) as refused:
        again(run, seal=seal)
    assert refused.value.plan.failed == 2
    (new,) = again(run, seal=refused.value.plan.seal)
    assert new.deliveries.count() == 2


def test_a_time_of_use_that_is_over_does_not_hold_back_what_a_person_sends_again():
    run = run_of(DeliveryStatus.EXPIRED)
    Broadcast.objects.update(useful_until=timezone.now() - timedelta(hours=1))
    (new,) = again(run)
    assert new.deliveries.get().useful_until is None
    run = run_of(DeliveryStatus.FAILED)
    until = timezone.now() + timedelta(hours=1)
    Broadcast.objects.filter(pk=run.broadcast_id).update(useful_until=until)
    (new,) = again(run)
    assert new.deliveries.get().useful_until == until


# --- at the same moment -----------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_both_halves_of_a_double_click_at_once_give_the_same_run():
    run, key = run_of(DeliveryStatus.FAILED, DeliveryStatus.FAILED), uuid.uuid4()
    press = lambda: again(run, key=key)  # noqa: E731
    outcomes = at_once(press, press, press, press)
    (made,) = Run.objects.filter(resend_of=run)
    assert outcomes == [[made]] * 4
    assert made.deliveries.count() == 2
    assert Entry.objects.filter(action="broadcast.resent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_send_the_same_again_at_once_one_finds_nothing_left():
    run = run_of(DeliveryStatus.FAILED)

    def press() -> object:
        try:
            return again(run)
        except ResendRefused as refused:
            return refused.plan.possible

    outcomes = at_once(press, press)
    assert 0 in outcomes
    assert Run.objects.filter(resend_of=run).count() == 1
    assert Delivery.objects.count() == 2
