from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from audit.keyset import newest_first
from messages.history.deliveries import Wanted, deliveries
from messages.history.overview import counts_by_status, failures_by_reason, robots_in_need
from messages.history.progress import Progress, may_change, progress_of
from messages.history.waiting import SILENT_AFTER, Wait, silent_since, why_waiting
from messages.models import Attempt, Broadcast, BroadcastStatus, Delivery, DeliveryStatus, EngineState, Run
from messages.states import broadcast_state
from robots.models import Robot, RobotStatus
from tests.factories import make_broadcast, make_delivery, make_robot, make_run, make_tag

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def make_attempt(delivery: Delivery, *, kind: str = "delivered", number: int = 1, **fields: object) -> Attempt:
    values = {"started_at": NOW, "duration_ms": 80, "reason": kind, "http_status": 200, "errcode": 0}
    return Attempt.objects.create(
        delivery=delivery, number=number, kind=kind, token_fingerprint="f" * 64, **{**values, **fields}
    )


def found(**wanted: object) -> set[str]:
    return {delivery.robot_name for delivery in deliveries(Wanted(**wanted))}


# --- which deliveries -------------------------------------------------------------------------------------------------
def test_deliveries_are_found_by_state_robot_and_tag():
    north = make_tag("north")
    ops, shop = make_robot(name="ops", tags=[north]), make_robot(name="shop")
    make_delivery(ops, status=DeliveryStatus.DELIVERED)
    make_delivery(shop, status=DeliveryStatus.FAILED)
    assert found() == {"ops", "shop"}
    assert found(state=DeliveryStatus.FAILED) == {"shop"}
    assert found(robot=ops.pk) == {"ops"}
    assert found(tag=north.pk) == {"ops"}
    assert found(tag=north.pk, state=DeliveryStatus.FAILED) == set()


def test_deliveries_are_found_by_broadcast_whether_it_fired_never_once_or_twice():
    broadcast = make_broadcast(status=BroadcastStatus.FIRED)
    make_delivery(make_robot(name="other"))
    assert found(broadcast=broadcast.pk) == set()
    make_delivery(make_robot(name="first"), run=make_run(broadcast))
    assert found(broadcast=broadcast.pk) == {"first"}
    make_delivery(make_robot(name="second"), run=make_run(broadcast, planned_at=NOW + timedelta(days=90)))
    assert found(broadcast=broadcast.pk) == {"first", "second"}


def test_deliveries_are_found_by_the_planned_time_and_its_end_does_not_belong_to_it():
    for day in (1, 2, 3):
        run = make_run(planned_at=datetime(2026, 11, day, tzinfo=UTC))
        make_delivery(make_robot(name=f"day {day}"), run=run)
    assert found(since=datetime(2026, 11, 2, tzinfo=UTC)) == {"day 2", "day 3"}
    assert found(until=datetime(2026, 11, 2, tzinfo=UTC)) == {"day 1"}
    assert found(since=datetime(2026, 11, 2, tzinfo=UTC), until=datetime(2026, 11, 3, tzinfo=UTC)) == {"day 2"}


def test_an_errcode_is_found_at_any_attempt_even_when_a_later_one_was_delivered():
    throttled_first = make_delivery(make_robot(name="throttled"), status=DeliveryStatus.DELIVERED, errcode=0)
    make_attempt(throttled_first, kind="throttled", errcode=130101)
    make_attempt(throttled_first, number=2)
    make_delivery(make_robot(name="refused"), status=DeliveryStatus.FAILED, errcode=300005)
    assert found(errcode=130101) == {"throttled"}
    assert found(errcode=0) == {"throttled"}
    assert found(errcode=300005) == set()  # its attempt is what tells, and there is none


@pytest.mark.parametrize("text", ["OPS", "值班", "ps"])
def test_a_text_is_found_in_the_names_of_robot_and_group_as_they_were(text):
    robot = make_robot(name="ops", group_name="运维值班群")
    make_delivery(robot)
    make_delivery(make_robot(name="shop", group_name="店铺群"))
    Robot.objects.filter(pk=robot.pk).update(name="renamed", group_name="")
    assert found(text=text) == {"ops"}


def test_a_deleted_robot_leaves_its_deliveries_readable():
    robot = make_robot(name="ops")
    make_delivery(robot, status=DeliveryStatus.DELIVERED)
    robot.delete()
    assert found(text="ops") == {"ops"}


def test_no_ciphertext_of_a_robot_is_read_for_a_page():
    make_delivery(make_robot(secret="SECtest-not-real"))
    robot = deliveries(Wanted())[0].robot
    assert {"token_encrypted", "secret_encrypted"} <= robot.get_deferred_fields()


# --- pages by number --------------------------------------------------------------------------------------------------
def test_pages_by_number_show_every_row_once_in_both_directions():
    run = make_run()
    rows = [make_delivery(run=run).pk for _ in range(7)]
    first = newest_first(deliveries(Wanted()), QueryDict(), size=3)
    second = newest_first(deliveries(Wanted()), QueryDict(first.next_url[1:]), size=3)
    third = newest_first(deliveries(Wanted()), QueryDict(second.next_url[1:]), size=3)
    assert [[row.pk for row in page.rows] for page in (first, second, third)] == [
        rows[:3:-1],
        rows[3:0:-1],
        rows[:1],
    ]
    assert (first.previous_url, third.next_url) == ("", "")
    back = newest_first(deliveries(Wanted()), QueryDict(third.previous_url[1:]), size=3)
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]
    start = newest_first(deliveries(Wanted()), QueryDict(back.previous_url[1:]), size=3)
    assert [row.pk for row in start.rows] == [row.pk for row in first.rows]
    assert start.is_first


def test_a_page_keeps_the_filters_and_one_that_is_empty_leads_back():
    delivery = make_delivery()
    asked = QueryDict(f"state=waiting&before={delivery.pk}")
    page = newest_first(deliveries(Wanted(state="waiting")), asked)
    assert page.rows == []
    back = newest_first(deliveries(Wanted(state="waiting")), QueryDict(page.previous_url[1:]))
    assert [row.pk for row in back.rows] == [delivery.pk]
    assert "state=waiting" in page.previous_url


# --- progress ---------------------------------------------------------------------------------------------------------
def test_a_group_that_got_it_when_it_was_sent_again_counts_as_one_that_got_it():
    run = make_run()
    ops, shop, till = make_robot(), make_robot(), make_robot()
    for robot, status in ((ops, "failed"), (shop, "failed"), (till, "delivered")):
        make_delivery(robot, run=run, status=status)
    again = make_run(run.broadcast, planned_at=run.planned_at + timedelta(minutes=1))
    Run.objects.filter(pk=again.pk).update(resend_of=run)
    make_delivery(ops, run=again, status=DeliveryStatus.DELIVERED)
    make_delivery(shop, run=again, status=DeliveryStatus.UNCERTAIN)
    progress = progress_of([run.broadcast_id])[run.broadcast_id]
    assert progress.counts == {"delivered": 2, "uncertain": 1}
    assert progress.total == 3


def test_the_progress_of_a_page_of_broadcasts_is_counted_by_one_query(django_assert_num_queries):
    broadcasts = [make_broadcast(status=BroadcastStatus.FIRED) for _ in range(3)]
    for broadcast in broadcasts[:2]:
        run = make_run(broadcast)
        make_delivery(run=run, status=DeliveryStatus.DELIVERED)
        make_delivery(run=run, status=DeliveryStatus.FAILED)
        make_delivery(run=run, status=DeliveryStatus.WAITING)
    with django_assert_num_queries(1):
        progress = progress_of(broadcast.pk for broadcast in broadcasts)
    assert [progress[broadcast.pk].total for broadcast in broadcasts] == [3, 3, 0]
    first = progress[broadcasts[0].pk]
    assert (first.ended, first.delivered, first.failed, first.waiting) == (2, 1, 1, 1)


@pytest.mark.parametrize(
    ("broadcast_status", "status", "due", "changes"),
    [
        pytest.param(BroadcastStatus.SCHEDULED, None, None, True, id="not fired yet"),
        pytest.param(BroadcastStatus.FIRED, DeliveryStatus.WAITING, NOW, True, id="one waits"),
        pytest.param(BroadcastStatus.FIRED, DeliveryStatus.SENDING, None, True, id="a call in flight"),
        pytest.param(BroadcastStatus.CANCELLED, DeliveryStatus.SENDING, None, True, id="cancelled, a call in flight"),
        pytest.param(BroadcastStatus.FIRED, DeliveryStatus.UNCERTAIN, NOW, True, id="unknown, to be retried safely"),
        pytest.param(BroadcastStatus.FIRED, DeliveryStatus.UNCERTAIN, None, False, id="unknown, a person decides"),
        pytest.param(BroadcastStatus.CANCELLED, DeliveryStatus.UNCERTAIN, NOW, False, id="unknown, and cancelled"),
        pytest.param(BroadcastStatus.FIRED, DeliveryStatus.DELIVERED, None, False, id="all delivered"),
        pytest.param(BroadcastStatus.FIRED, None, None, False, id="nobody to send it to"),
    ],
)
def test_a_broadcast_is_followed_until_nothing_of_it_can_change_by_itself(broadcast_status, status, due, changes):
    broadcast = make_broadcast(status=broadcast_status)
    if status:
        make_delivery(run=make_run(broadcast), status=status, due_at=due)
    assert may_change(broadcast, progress_of([broadcast.pk])[broadcast.pk]) is changes


@pytest.mark.parametrize(
    ("status", "counts", "icon", "tone"),
    [
        pytest.param("scheduled", {}, "calendar", "wait", id="scheduled"),
        pytest.param("cancelled", {"delivered": 3}, "ban", "off", id="cancelled"),
        pytest.param("fired", {"waiting": 1, "failed": 2}, "send", "busy", id="still going out"),
        pytest.param("fired", {"uncertain": 1, "failed": 2}, "help-hexagon", "unsure", id="some unknown"),
        pytest.param("fired", {"delivered": 9, "failed": 1}, "alert-triangle", "bad", id="some failed"),
        pytest.param("fired", {"delivered": 9}, "circle-check", "ok", id="all delivered"),
        pytest.param("fired", {}, "ban", "off", id="nothing sent"),
    ],
)
def test_a_broadcast_is_no_success_while_one_delivery_is_not(status, counts, icon, tone):
    shown = broadcast_state(Broadcast(status=status), counts)
    assert (shown.icon, shown.tone) == (icon, tone)


@pytest.mark.parametrize(
    ("status", "counts", "paused", "stopped", "label"),
    [
        pytest.param("scheduled", {}, False, False, "Scheduled", id="scheduled"),
        pytest.param("scheduled", {}, True, False, "Paused", id="scheduled and paused"),
        pytest.param("scheduled", {}, False, True, "Scheduled", id="scheduled while all sending is stopped"),
        pytest.param("fired", {"waiting": 1}, False, False, "Going out", id="going out"),
        pytest.param("fired", {"sending": 1}, True, False, "Paused", id="paused"),
        pytest.param("fired", {"waiting": 1}, True, True, "Paused", id="paused, and all sending stopped"),
        pytest.param("fired", {"waiting": 1}, False, True, "Stopped", id="stopped"),
        pytest.param("fired", {"delivered": 2}, True, True, "All delivered", id="done before it was paused"),
        pytest.param("cancelled", {"waiting": 1}, True, True, "Cancelled", id="cancelled"),
        pytest.param("fired", {"delivered": 9, "failed": 3}, False, False, "Finished: 3 failed", id="with failures"),
        pytest.param(
            "fired",
            {"delivered": 9, "failed": 3, "uncertain": 1, "expired": 2},
            False,
            False,
            "Finished: 3 failed, 1 unknown, 2 expired",
            id="with all there is",
        ),
    ],
)
def test_the_state_is_told_in_words(status, counts, paused, stopped, label):
    broadcast = Broadcast(status=status, paused_at=NOW if paused else None)
    with override("en"):
        assert str(broadcast_state(broadcast, counts, stopped=stopped).label) == label


# --- why it waits -----------------------------------------------------------------------------------------------------
def waiting(**robot_fields: object) -> Delivery:
    return make_delivery(make_robot(**robot_fields), due_at=NOW)


def test_a_delivery_that_nothing_holds_waits_for_its_turn():
    assert why_waiting(waiting(), now=NOW, engine=None) == Wait()


def test_the_longest_hold_is_the_one_that_is_told():
    soon, later, last = (NOW + timedelta(minutes=minutes) for minutes in (1, 5, 10))
    delivery = waiting(hold_until=later, hold_reason="throttled")
    assert why_waiting(delivery, now=NOW, engine=None) == Wait("throttled", later)
    delivery.due_at, delivery.reason = soon, "server_busy"
    assert why_waiting(delivery, now=NOW, engine=None) == Wait("throttled", later)
    banned = EngineState(hold_until=last, hold_reason="address_banned")
    assert why_waiting(delivery, now=NOW, engine=banned) == Wait("address_banned", last)


def test_a_person_s_pause_or_stop_is_told_before_every_hold():
    delivery = waiting(hold_until=NOW + timedelta(minutes=5), hold_reason="throttled")
    delivery.run.broadcast.paused_at, delivery.run.broadcast.paused_by_name = NOW, "li"
    assert why_waiting(delivery, now=NOW, engine=None) == Wait("broadcast_paused")
    assert why_waiting(delivery, now=NOW, engine=EngineState(stopped_at=NOW)) == Wait("sending_stopped")
    delivery.status = DeliveryStatus.DELIVERED
    assert why_waiting(delivery, now=NOW, engine=EngineState(stopped_at=NOW)) is None


def test_a_hold_that_is_over_is_not_told():
    delivery = waiting(hold_until=NOW - timedelta(seconds=1), hold_reason="throttled")
    assert why_waiting(delivery, now=NOW, engine=None) == Wait()


def test_an_unknown_result_waits_only_when_it_is_retried_by_itself():
    retried = make_delivery(status=DeliveryStatus.UNCERTAIN, due_at=NOW, reason="read_timeout")
    assert why_waiting(retried, now=NOW, engine=None) == Wait("read_timeout", NOW)
    assert why_waiting(make_delivery(status=DeliveryStatus.UNCERTAIN), now=NOW, engine=None) is None
    assert why_waiting(make_delivery(status=DeliveryStatus.DELIVERED), now=NOW, engine=None) is None


def test_a_worker_that_shows_no_sign_of_life_is_told():
    assert silent_since(None, now=NOW) is None
    assert silent_since(EngineState(ticked_at=None), now=NOW) is None
    assert silent_since(EngineState(ticked_at=NOW - timedelta(seconds=2)), now=NOW) is None
    stopped = NOW - SILENT_AFTER
    assert silent_since(EngineState(ticked_at=stopped), now=NOW) == stopped


# --- overview ---------------------------------------------------------------------------------------------------------
def test_today_is_counted_by_the_planned_time():
    today = make_run(planned_at=NOW)
    make_delivery(run=today, status=DeliveryStatus.DELIVERED)
    make_delivery(run=today, status=DeliveryStatus.FAILED)
    make_delivery(run=make_run(planned_at=NOW - timedelta(days=1)), status=DeliveryStatus.FAILED)
    counts = counts_by_status(NOW - timedelta(hours=4), NOW + timedelta(hours=20))
    assert counts == {DeliveryStatus.DELIVERED: 1, DeliveryStatus.FAILED: 1}


def test_failures_are_grouped_by_reason_the_commonest_first():
    run = make_run(planned_at=NOW)
    for reason in ("keyword_missing", "token_unknown", "token_unknown"):
        make_delivery(run=run, status=DeliveryStatus.FAILED, reason=reason)
    make_delivery(run=run, status=DeliveryStatus.DELIVERED, reason="delivered")
    failures = failures_by_reason(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert [(failure.reason, failure.count) for failure in failures] == [("token_unknown", 2), ("keyword_missing", 1)]


def test_robots_in_need_are_those_that_a_reply_stopped_and_not_those_a_person_did():
    now = timezone.now()
    soon = now + timedelta(minutes=5)
    make_robot(name="fine", last_kind="delivered")
    make_robot(name="resting", status=RobotStatus.PAUSED, paused_reason="by_person")
    make_robot(name="paced", hold_until=soon, hold_reason="waiting_pacing")
    make_robot(name="was silenced", hold_until=now - timedelta(minutes=5), hold_reason="throttled")
    make_robot(name="message refused", last_kind="refused_content")
    make_robot(name="1 gone", status=RobotStatus.PAUSED, paused_reason="token_unknown")
    make_robot(name="2 silenced", hold_until=soon, hold_reason="throttled")
    make_robot(name="3 secret wrong", last_kind="refused_robot", last_reason="sign_mismatch")
    assert [robot.name for robot in robots_in_need(now, 10)] == ["1 gone", "2 silenced", "3 secret wrong"]


def test_no_progress_is_no_progress():
    assert (Progress().total, Progress().ended) == (0, 0)
