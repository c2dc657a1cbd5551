"""What becomes of a delivery after a call: decided by the reply alone, with no clock and no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from dingtalk.replies import Kind, Outcome
from messages.models import DeliveryStatus, UncertainPolicy

MAX_TRIES = 3  # DingTalk's docs: "retry once later, at most 3 times"
TRANSIENT_BACKOFF_SECONDS = (2, 8)
# Nothing was sent, so that trying again can double nothing: go on for as long as the message is still fresh.
UNREACHABLE_BACKOFF_SECONDS = (2, 5, 15, 30, 60, 120, 300)
UNREACHABLE_GIVE_UP = timedelta(hours=1)  # where the broadcast does not say until when it is useful
MAX_UNCERTAIN_RETRIES = 2
# How long DingTalk remembers a msgUuid is not documented; a copy within ten minutes is taken to be safe.
UNCERTAIN_BACKOFF_SECONDS = (5, 60)
UNCERTAIN_GIVE_UP = timedelta(minutes=10)
# The reason where an earlier call may have arrived, and no later one can or does.
EARLIER_CALL: Final = "earlier_call"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision needs to know of the delivery, as it was claimed."""

    tries: int  # calls that DingTalk answered with an error of its own, before this one
    uncertain_tries: int
    policy: str  # UncertainPolicy
    fired_at: datetime
    useful_until: datetime | None = None
    calls: int = 0  # all of them before this one


@dataclass(frozen=True, slots=True)
class Move:
    """From sending to `status`. `due_at`: no call before it; None for an uncertain one means that a person decides."""

    status: DeliveryStatus
    reason: str
    due_at: datetime | None = None
    counts_try: bool = False
    counts_uncertain: bool = False


def decide(outcome: Outcome, facts: Facts, *, now: datetime, jitter: float) -> Move:
    """`jitter` lies between 0 and 1: it spreads retries that failed together over half as long again."""
    move = _by_kind(outcome, facts, now=now, jitter=jitter)
    if move.status is DeliveryStatus.FAILED and facts.uncertain_tries:
        # That this call did not arrive says nothing of the one before it.
        return replace(move, status=DeliveryStatus.UNCERTAIN, reason=EARLIER_CALL)
    return move


def _by_kind(outcome: Outcome, facts: Facts, *, now: datetime, jitter: float) -> Move:
    if outcome.kind is Kind.DELIVERED:
        return Move(DeliveryStatus.DELIVERED, outcome.reason)
    if outcome.kind is Kind.THROTTLED:
        # It was not taken, and that was our pace, not the message: the wait costs no try.
        return Move(DeliveryStatus.WAITING, outcome.reason, now + timedelta(seconds=max(1, outcome.wait_seconds)))
    if outcome.kind is Kind.TRANSIENT:
        return _after_transient(outcome, facts, now=now, jitter=jitter)
    if outcome.kind is Kind.UNREACHABLE:
        return _after_unreachable(outcome, facts, now=now, jitter=jitter)
    if outcome.kind is Kind.UNCERTAIN:
        return after_uncertain(outcome.reason, facts, now=now, jitter=jitter)
    return Move(DeliveryStatus.FAILED, outcome.reason)


def after_uncertain(reason: str, facts: Facts, *, now: datetime, jitter: float) -> Move:
    """Nobody can know: uncertain, and with the policy "retry safely" due once more under the same msgUuid."""
    due_at = None
    retries_left = facts.uncertain_tries < MAX_UNCERTAIN_RETRIES
    if facts.policy == UncertainPolicy.RETRY_SAFELY and retries_left:
        due_at = _later(now, UNCERTAIN_BACKOFF_SECONDS, facts.uncertain_tries, jitter)
    return Move(DeliveryStatus.UNCERTAIN, reason, due_at, counts_uncertain=True)


def _after_transient(outcome: Outcome, facts: Facts, *, now: datetime, jitter: float) -> Move:
    if facts.tries + 1 >= MAX_TRIES:
        return Move(DeliveryStatus.FAILED, outcome.reason, counts_try=True)
    due_at = _later(now, TRANSIENT_BACKOFF_SECONDS, facts.tries, jitter)
    return Move(DeliveryStatus.WAITING, outcome.reason, due_at, counts_try=True)


def _after_unreachable(outcome: Outcome, facts: Facts, *, now: datetime, jitter: float) -> Move:
    if now > (facts.useful_until or facts.fired_at + UNREACHABLE_GIVE_UP):
        return Move(DeliveryStatus.FAILED, outcome.reason)
    due_at = _later(now, UNREACHABLE_BACKOFF_SECONDS, facts.calls, jitter)
    return Move(DeliveryStatus.WAITING, outcome.reason, due_at)


def _later(now: datetime, steps: tuple[int, ...], tries: int, jitter: float) -> datetime:
    seconds = steps[min(tries, len(steps) - 1)]
    return now + timedelta(seconds=seconds * (1 + jitter / 2))
