"""What may have arrived by an earlier call is never called failed, cancelled or expired: only a person can know."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from audit.actors import Actor
from dingtalk.replies import Kind, Outcome, ReasonKey, classify, failure
from messages.engine.claims import claim_due
from messages.engine.giving_back import give_back
from messages.engine.giving_up import give_up_unsendable
from messages.engine.outcomes import Facts, decide
from messages.engine.recovery import distrust_old_retries, retry_uncertain
from messages.history.chosen import Chosen
from messages.models import Attempt, Broadcast, BroadcastStatus, Delivery, DeliveryStatus, UncertainPolicy
from messages.reasons import DECIDED_AGAIN, RESENT, explain
from messages.services.cancel import cancel_broadcast
from messages.services.decide import Decision, decide_delivery
from messages.services.resend import resend
from messages.services.resend_plan import Including, plan_resend
from messages.tasks import tick
from messages.tests.engine_parts import make_rules
from robots.models import Robot, RobotStatus
from tests.factories import make_broadcast, make_delivery, make_organisation, make_robot, make_run

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
UNKNOWN = (DeliveryStatus.UNCERTAIN, "earlier_call", None)
BUSY = '{"errcode":-1,"errmsg":"系统繁忙"}'


def retry(robot: Robot | None = None, **fields: object) -> Delivery:
    """A safe retry that waits: DingTalk may have taken the first call."""
    return make_delivery(robot, **{"uncertain_tries": 1, "calls": 1, "reason": "read_timeout", **fields})


def end_of(delivery: Delivery) -> tuple[str, str, datetime | None]:
    delivery.refresh_from_db()
    assert delivery.ended_at is None or delivery.status != DeliveryStatus.UNCERTAIN
    return delivery.status, delivery.reason, delivery.due_at


def after(outcome: Outcome, *, tries: int = 0, uncertain: int = 1) -> tuple[str, str, datetime | None]:
    now = timezone.now()
    facts = Facts(tries, uncertain, UncertainPolicy.RETRY_SAFELY, fired_at=now - timedelta(hours=2))
    move = decide(outcome, facts, now=now, jitter=0)
    return move.status, move.reason, move.due_at


def reply(body: str) -> Outcome:
    return classify(http_status=200, headers={}, body=body.encode(), truncated=False, now_ms=0)


@pytest.mark.parametrize(
    ("outcome", "tries"),
    [
        pytest.param(reply('{"errcode":310000,"errmsg":"keywords not in content"}'), 0, id="the message is refused"),
        pytest.param(reply('{"errcode":300005,"errmsg":"token is not exist"}'), 0, id="the robot is gone"),
        pytest.param(reply('{"errcode":90030,"errmsg":"webhook over limit"}'), 0, id="the quota is used up"),
        pytest.param(reply(BUSY), 2, id="the last try fails"),
        pytest.param(failure(ReasonKey.CONNECT_REFUSED), 0, id="nothing is reached for an hour"),
    ],
)
def test_a_retry_that_fails_says_nothing_of_the_call_before_it(outcome: Outcome, tries: int) -> None:
    assert after(outcome, tries=tries) == UNKNOWN
    assert after(outcome, tries=tries, uncertain=0)[0] == DeliveryStatus.FAILED


def test_it_is_said_in_words() -> None:
    with override("en"):
        assert "may have arrived" in str(explain("earlier_call").title)
        assert "Look into the group" in str(explain("earlier_call").advice)


def test_a_retry_that_can_not_go_out_any_more_is_left_to_a_person() -> None:
    now = timezone.now()
    exhausted = make_organisation(quota_exhausted_until=now + timedelta(days=3))
    retries = [
        retry(make_robot(status=RobotStatus.PAUSED, paused_reason="token_unknown")),
        retry(make_robot(organisation=exhausted)),
        retry(make_robot(organisation=make_organisation(simulated=True))),
        retry(run=make_run(make_broadcast(status=BroadcastStatus.CANCELLED))),
        retry(useful_until=now - timedelta(seconds=1)),
    ]
    deleted = retry()
    Robot.objects.filter(pk=deleted.robot_id).delete()
    give_up_unsendable(now, simulator=False)
    assert [end_of(delivery) for delivery in (*retries, deleted)] == [UNKNOWN] * 6


def test_a_cancel_leaves_a_retry_that_waits_to_a_person() -> None:
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    waits, untouched = retry(run=run), make_delivery(run=run)
    assert cancel_broadcast(run.broadcast, by=LI) == 2
    assert end_of(waits) == UNKNOWN
    assert end_of(untouched) == (DeliveryStatus.CANCELLED, "cancelled", None)


def test_a_retry_that_was_claimed_and_cancelled_before_its_call_is_left_to_a_person() -> None:
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    claim = uuid.uuid4()
    claimed = retry(run=run, status=DeliveryStatus.SENDING, claim=claim, lease_until=timezone.now(), due_at=None)
    Broadcast.objects.update(status=BroadcastStatus.CANCELLED)
    give_back([claimed.pk], claim, now=timezone.now())
    assert end_of(claimed) == UNKNOWN


def test_a_retry_whose_robot_can_not_be_decrypted_any_more_is_left_to_a_person() -> None:
    delivery = retry(make_robot())
    Robot.objects.update(token_encrypted="not-a-ciphertext")
    assert claim_due(limit=1, now=timezone.now(), rules=make_rules()).taken == []
    assert end_of(delivery)[:2] == (DeliveryStatus.UNCERTAIN, "earlier_call")


def test_a_retry_that_waits_is_sent_anew_only_with_the_yes_for_what_nobody_knows() -> None:
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED))
    delivery = retry(run=run, tries=1)
    chosen = Chosen(broadcast=run.broadcast_id)
    plan = plan_resend(chosen, Including(retries=True))
    assert (plan.again, plan.retries, plan.uncertain) == ((), 0, 1)

    [made] = resend(chosen, including=Including(uncertain=True), key=uuid.uuid4(), by=LI)
    assert end_of(delivery) == (DeliveryStatus.FAILED, RESENT, None)
    assert made.deliveries.get().msg_uuid != delivery.msg_uuid


def test_who_decides_to_send_it_again_has_answered_for_the_calls_before() -> None:
    delivery = make_delivery(status=DeliveryStatus.UNCERTAIN, uncertain_tries=2, calls=2)
    decide_delivery(delivery, decision=Decision.AGAIN, by=LI)
    Robot.objects.update(status=RobotStatus.PAUSED, paused_reason="token_unknown")
    give_up_unsendable(timezone.now(), simulator=True)
    assert end_of(delivery)[0] == DeliveryStatus.FAILED


def test_who_decides_to_send_it_again_is_not_held_to_a_time_of_use_that_is_over() -> None:
    late = make_delivery(status=DeliveryStatus.UNCERTAIN, useful_until=timezone.now() - timedelta(minutes=1))
    until = timezone.now() + timedelta(hours=1)
    fresh = make_delivery(status=DeliveryStatus.UNCERTAIN, useful_until=until)
    for delivery in (late, fresh):
        decide_delivery(delivery, decision=Decision.AGAIN, by=LI)
        delivery.refresh_from_db()
    assert (late.useful_until, fresh.useful_until) == (None, until)


def tried(delivery: Delivery, *, minutes_ago: int, kind: Kind = Kind.UNCERTAIN) -> Delivery:
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts.count() + 1,
        started_at=timezone.now() - timedelta(minutes=minutes_ago),
        duration_ms=15_000,
        kind=kind.value,
        reason="read_timeout",
        token_fingerprint="f",
    )
    return delivery


def test_a_safe_retry_that_a_silence_held_back_for_more_than_ten_minutes_is_left_to_a_person() -> None:
    now = timezone.now()
    held = {"hold_until": now + timedelta(minutes=1), "hold_reason": "throttled"}
    old = tried(retry(make_robot(**held), claimed_at=now, reason="throttled"), minutes_ago=11)
    lately = tried(retry(make_robot(**held), claimed_at=now), minutes_ago=9)
    decided = tried(retry(make_robot(**held), uncertain_tries=0, reason=DECIDED_AGAIN), minutes_ago=60)
    ordinary = tried(make_delivery(make_robot(**held), tries=1), minutes_ago=11, kind=Kind.TRANSIENT)
    tick()
    assert end_of(old) == UNKNOWN
    for delivery in (lately, decided, ordinary):
        delivery.refresh_from_db()
        assert delivery.status == DeliveryStatus.WAITING


def test_a_second_safe_retry_counts_the_ten_minutes_from_the_first_call() -> None:
    now = timezone.now()
    due = {"status": DeliveryStatus.UNCERTAIN, "due_at": now - timedelta(seconds=1), "claimed_at": now}
    old = tried(tried(retry(**due), minutes_ago=11), minutes_ago=1)
    fresh = tried(retry(**due), minutes_ago=1)
    assert retry_uncertain(now) == 1
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.status, old.due_at) == (DeliveryStatus.UNCERTAIN, None)
    assert fresh.status == DeliveryStatus.WAITING


def test_what_waits_and_was_never_called_in_vain_is_not_looked_at() -> None:
    waits = make_delivery(claimed_at=timezone.now() - timedelta(hours=1))
    assert distrust_old_retries(timezone.now()) == 0
    assert end_of(waits)[0] == DeliveryStatus.WAITING
