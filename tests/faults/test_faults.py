"""The short version of the fault harness; `python -m tests.faults` is the long one. And the ledger itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings

from tests.faults.ledger import Accepted, Asked, Heard, Ledger, Sent, Try

UUID = "0f0e0d0c-0000-4000-8000-000000000001"
OTHER = "0f0e0d0c-0000-4000-8000-000000000002"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OK = ("delivered", True)
UNKNOWN = ("uncertain", False)
REFUSED = ("transient", False)


def a_try(kind: str, answered: bool, *, at: float = 1000.0, **fields: Any) -> Try:
    values = {"reason": kind, "worker": "host:1", "started": at, "ended": at + 0.1, "answered": answered}
    return Try(kind=kind, **{**values, **fields})


def books(status: str = "delivered", *tries: tuple[str, bool], **parts: Any) -> Ledger:
    """One broadcast to the group "a", in good order unless told otherwise."""
    attempts = tuple(a_try(*one, at=1000.0 + 10 * number) for number, one in enumerate(tries or (OK,)))
    sent = Sent("a", UUID, 1, status, tries=parts.pop("tries", attempts), **parts.pop("sent", {}))
    values = {
        "sent": [sent],
        "heard": [Heard("a", UUID, one.started) for one in sent.tries],
        "accepted": [Accepted("a", UUID, "Round 1.")],
        "asked": [Asked(1, NOON, frozenset("a"))],
        "runs": [(1, NOON)],
    }
    return Ledger(**{**values, **parts})


def died(worker: str, **parts: Any) -> Ledger:
    return books("uncertain", tries=(a_try("uncertain", False, reason="worker_died", worker=worker),), **parts)


BROKEN = [
    ("nothing tried", Ledger(), "never called"),
    ("lost", books("waiting"), "never ended"),
    ("retried for ever", books("uncertain", UNKNOWN, sent={"retry_due": True}), "never ended"),
    ("never fired", books(runs=[]), "fired 0 times"),
    ("fired twice", books(runs=[(1, NOON), (1, NOON)]), "fired 2 times"),
    ("fired unasked", books(runs=[(1, NOON), (2, NOON)]), "nobody planned that"),
    ("a group left out", books(asked=[Asked(1, NOON, frozenset("ab"))]), "other deliveries than groups"),
    ("delivered by word only", books(accepted=[]), "is not in its group"),
    ("accepted and called failed", books("failed", REFUSED), "is called failed"),
    (
        "doubled",
        books(accepted=[Accepted("a", UUID, "Round 1."), Accepted("a", OTHER, "Round 1.")]),
        "got 'Round 1.' 2 times",
    ),
    ("another msgUuid", books(heard=[Heard("a", OTHER, 1.0)]), "unknown msgUuid"),
    ("a call not written down", books(heard=[Heard("a", UUID, 1.0), Heard("a", UUID, 2.0)]), "more than its attempts"),
    ("an answer without a call", books(heard=[]), "1 answers to 0 calls"),
    ("too fast", books(heard=[Heard("a", UUID, number * 2.9) for number in range(21)]), "21 times in 60 seconds"),
    ("uncertain though known", books("uncertain", UNKNOWN, OK, broken=Counter({UUID: 1})), "although DingTalk said ok"),
    ("uncertain for no cause", books("uncertain", UNKNOWN), "less was broken"),
    ("uncertain without an attempt", books("uncertain", REFUSED), "without an attempt that is"),
    ("given up though alive", died("host:2", killed=frozenset({"host:1"})), "host:2 was not killed"),
    (
        "called again unasked",
        books("delivered", UNKNOWN, OK, sent={"policy": "ask"}, broken=Counter({UUID: 1})),
        "a person was to be asked",
    ),
]
KEPT = [
    ("delivered", books()),
    ("retried after a cut", books("delivered", UNKNOWN, OK, cuts=(1000.05,))),
    ("retried after the network broke it", books("delivered", UNKNOWN, OK, broken=Counter({UUID: 1}))),
    ("retried after the endpoint dropped it", books("delivered", UNKNOWN, OK, heard=[
        Heard("a", UUID, 1000.0, "drop_after_accept"), Heard("a", UUID, 1010.0)])),
    ("its worker was killed", died("host:1", killed=frozenset({"host:1"}))),
    ("its lease ran out as the clock jumped", died("host:1", jumps=((990.0, 1010.0),))),
    ("20 calls in a minute", books(heard=[Heard("a", UUID, number * 3.0) for number in range(60)],
                                   tries=tuple(a_try(*OK) for _ in range(60)))),
    ("failed and not accepted", books("failed", REFUSED, accepted=[])),
]  # fmt: skip


@pytest.mark.parametrize(("ledger", "promise"), [pytest.param(*rest, id=name) for name, *rest in BROKEN])
def test_the_ledger_finds_a_broken_promise(ledger: Ledger, promise: str) -> None:
    assert any(promise in sentence for sentence in ledger.broken_promises())


@pytest.mark.parametrize("ledger", [pytest.param(ledger, id=name) for name, ledger in KEPT])
def test_the_ledger_is_content_when_all_is_well(ledger: Ledger) -> None:
    assert ledger.broken_promises() == []


@pytest.mark.processes
def test_a_stack_that_is_broken_ten_times_keeps_every_promise() -> None:
    short = ["--faults", "10", "--groups", "40", "--gentle", "--seed", "20261124"]
    command = [sys.executable, "-m", "tests.faults", *short]

    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, timeout=600, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "| **all** | 10 |" in done.stdout
    assert "| **promises broken** | 0 |" in done.stdout
