"""The short version of the fault harness; `python -m tests.faults` is the long one."""

from __future__ import annotations

import random

import pytest

from tests.faults.harness import Harness
from tests.faults.ledger import Ledger
from tests.processes.stack import fresh_stack

UUID = "0f0e0d0c-0000-4000-8000-000000000001"


def delivery(status: str, *kinds: str, uuid: str = UUID) -> dict[str, object]:
    return {
        "robot": "a",
        "uuid": uuid,
        "status": status,
        "reason": "",
        "attempts": [[kind, "reason"] for kind in kinds],
    }


@pytest.mark.parametrize(
    ("ledger", "promise"),
    [
        pytest.param(Ledger([delivery("waiting")], [], []), "never ended", id="lost"),
        pytest.param(Ledger([delivery("delivered")], [], []), "is not in its group", id="delivered by word only"),
        pytest.param(Ledger([delivery("failed")], [("a", UUID)], []), "called failed", id="accepted and called failed"),
        pytest.param(
            Ledger([delivery("delivered")], [("a", UUID), ("a", "other")], []), "more than was sent", id="doubled"
        ),
        pytest.param(
            Ledger([delivery("delivered")], [("a", UUID)], [("a", "other", 1.0)]), "unknown msgUuid", id="other uuid"
        ),
        pytest.param(
            Ledger([delivery("delivered")], [("a", UUID)], [("a", UUID, number * 2.9) for number in range(21)]),
            "more than 20 times",
            id="too fast",
        ),
        pytest.param(
            Ledger([delivery("uncertain", "uncertain", "delivered")], [("a", UUID)], []),
            "although DingTalk said ok",
            id="uncertain though known",
        ),
    ],
)
def test_the_ledger_finds_a_broken_promise(ledger: Ledger, promise: str) -> None:
    assert any(promise in sentence for sentence in ledger.broken_promises())


def test_the_ledger_is_content_when_all_is_well() -> None:
    calls = [("a", UUID, number * 3.1) for number in range(21)]
    assert Ledger([delivery("delivered", "delivered")], [("a", UUID)], calls).broken_promises() == []


@pytest.mark.processes
def test_a_stack_that_is_broken_eight_times_keeps_every_promise() -> None:
    with fresh_stack(DINGADMIN_SIMULATOR="1", DINGADMIN_LEASE_SECONDS="20") as stack:
        stack.start()
        harness = Harness(stack, random.Random(20261124), groups=40)
        harness.set_up()
        harness.run(faults=8)
        harness.settle(seconds=300)
        ledger = harness.ledger()
    assert sum(harness.done.values()) == 8
    assert ledger.figures()["deliveries"] == harness.rounds * 40
    assert ledger.broken_promises() == []
