"""The pure decision: what becomes of a delivery after a call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dingtalk.replies import Outcome, ReasonKey, classify, failure
from messages.engine.outcomes import MAX_TRIES, UNREACHABLE_GIVE_UP, Facts, decide
from messages.models import DeliveryStatus, UncertainPolicy

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def facts(
    *, tries: int = 0, uncertain: int = 0, policy: str = UncertainPolicy.RETRY_SAFELY, age: int = 0, calls: int = 0
) -> Facts:
    fired_at = NOW - timedelta(seconds=age)
    return Facts(tries=tries, uncertain_tries=uncertain, policy=policy, fired_at=fired_at, calls=calls)


def reply(body: str, http_status: int = 200) -> Outcome:
    return classify(http_status=http_status, headers={}, body=body.encode(), truncated=False, now_ms=0)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        pytest.param('{"errcode":0,"errmsg":"ok"}', DeliveryStatus.DELIVERED, "delivered", id="errcode 0"),
        pytest.param('{"errcode":"0"}', DeliveryStatus.DELIVERED, "delivered", id="errcode 0 as a string"),
        pytest.param('{"errmsg":"ok"}', DeliveryStatus.UNCERTAIN, "no_errcode", id="no errcode is no success"),
        pytest.param(
            '{"errcode":310000,"errmsg":"keywords not in content"}',
            DeliveryStatus.FAILED,
            "keyword_missing",
            id="keyword",
        ),
        pytest.param(
            '{"errcode":300005,"errmsg":"token is not exist"}', DeliveryStatus.FAILED, "token_unknown", id="token"
        ),
        pytest.param(
            '{"errcode":90030,"errmsg":"webhook over limit"}', DeliveryStatus.FAILED, "quota_exhausted", id="quota"
        ),
        pytest.param('{"errcode":999999,"errmsg":"?"}', DeliveryStatus.FAILED, "unknown_code", id="unknown code"),
        pytest.param("<html>", DeliveryStatus.UNCERTAIN, "html_reply", id="html"),
    ],
)
def test_a_reply_moves_the_delivery(body: str, status: str, reason: str) -> None:
    move = decide(reply(body), facts(), now=NOW, jitter=0)
    assert (move.status, move.reason) == (status, reason)


@pytest.mark.parametrize("errcode", [130101, 660026, 410100])
def test_a_throttled_delivery_waits_ten_minutes_and_loses_no_try(errcode: int) -> None:
    move = decide(reply(f'{{"errcode":{errcode},"errmsg":"send too fast"}}'), facts(tries=2), now=NOW, jitter=1)
    assert move.status == DeliveryStatus.WAITING
    assert move.due_at == NOW + timedelta(minutes=10)
    assert not move.counts_try


def test_a_transient_fault_is_tried_three_times_with_growing_delays() -> None:
    busy = reply('{"errcode":-1,"errmsg":"系统繁忙"}')
    first, second, third = (decide(busy, facts(tries=tries), now=NOW, jitter=0) for tries in range(MAX_TRIES))
    assert (first.status, second.status) == (DeliveryStatus.WAITING, DeliveryStatus.WAITING)
    assert first.due_at is not None
    assert second.due_at is not None
    assert NOW < first.due_at < second.due_at
    assert third.status == DeliveryStatus.FAILED
    assert all(move.counts_try for move in (first, second, third))


def test_jitter_spreads_retries_by_at_most_half_as_long_again() -> None:
    busy = reply('{"errcode":-1,"errmsg":"系统繁忙"}')
    early, late = (decide(busy, facts(), now=NOW, jitter=jitter).due_at for jitter in (0, 1))
    assert early is not None
    assert late is not None
    assert (late - NOW) == (early - NOW) * 1.5


def test_an_unreachable_endpoint_is_tried_again_while_the_message_is_fresh() -> None:
    refused = failure(ReasonKey.CONNECT_REFUSED)
    moves = [decide(refused, facts(calls=calls, age=60), now=NOW, jitter=0) for calls in range(9)]
    assert {move.status for move in moves} == {DeliveryStatus.WAITING}
    waits = [(move.due_at - NOW).total_seconds() for move in moves if move.due_at]
    assert waits == [2, 5, 15, 30, 60, 120, 300, 300, 300]


def test_calls_that_reached_nobody_use_up_none_of_the_three_tries() -> None:
    refused = decide(failure(ReasonKey.CONNECT_REFUSED), facts(calls=5), now=NOW, jitter=0)
    assert not refused.counts_try
    busy = decide(reply('{"errcode":-1,"errmsg":"系统繁忙"}'), facts(calls=6), now=NOW, jitter=0)
    assert busy.status == DeliveryStatus.WAITING


def test_an_unreachable_endpoint_is_tried_until_the_message_is_no_longer_useful() -> None:
    refused = failure(ReasonKey.CONNECT_REFUSED)
    useful = replace(facts(age=7200, calls=9), useful_until=NOW + timedelta(seconds=1))
    over = replace(useful, useful_until=NOW - timedelta(seconds=1))
    assert decide(refused, useful, now=NOW, jitter=0).status == DeliveryStatus.WAITING
    assert decide(refused, over, now=NOW, jitter=0).status == DeliveryStatus.FAILED


def test_an_unreachable_endpoint_is_given_up_after_an_hour() -> None:
    age = int(UNREACHABLE_GIVE_UP.total_seconds()) + 1
    move = decide(failure(ReasonKey.CONNECT_REFUSED), facts(age=age), now=NOW, jitter=0)
    assert (move.status, move.reason) == (DeliveryStatus.FAILED, "connect_refused")


def test_a_read_timeout_is_uncertain_and_due_again_by_the_policy_retry_safely() -> None:
    move = decide(failure(ReasonKey.READ_TIMEOUT), facts(), now=NOW, jitter=0)
    assert move.status == DeliveryStatus.UNCERTAIN
    assert move.due_at == NOW + timedelta(seconds=5)
    assert not move.counts_try


def test_a_read_timeout_waits_for_a_person_by_the_policy_ask_me() -> None:
    move = decide(failure(ReasonKey.READ_TIMEOUT), facts(policy=UncertainPolicy.ASK), now=NOW, jitter=0)
    assert (move.status, move.due_at) == (DeliveryStatus.UNCERTAIN, None)


def test_after_two_safe_retries_a_person_decides() -> None:
    move = decide(failure(ReasonKey.READ_TIMEOUT), facts(uncertain=2), now=NOW, jitter=0)
    assert (move.status, move.due_at) == (DeliveryStatus.UNCERTAIN, None)
