"""The checks, in DingTalk's order as far as it is known (docs/simulator.md).

Pure: every function depends on its arguments alone, the simulated clock included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from simulator.verdicts import envelope, fields, membership, safety, security
from simulator.verdicts.oddities import oddities
from simulator.verdicts.remarks import remarks
from simulator.verdicts.verdict import Case, Check, Refusal
from simulator.wordings import Answer

__all__ = ["Case", "Refusal", "judge_caller_and_message", "judge_envelope", "remarks"]

_CALLER: Final[tuple[Check, ...]] = (*membership.CHECKS, *security.CHECKS)


def judge_envelope(case: Case) -> Refusal | None:
    """What is looked at before the call is counted against the token's minute."""
    return _first(envelope.CHECKS, case)


def judge_caller_and_message(case: Case) -> Refusal | None:
    return _first(_CALLER, case) or _judge_message(case)


def _judge_message(case: Case) -> Refusal | None:
    if refusal := _first(fields.CHECKS, case):
        # A key in the wrong case is missing as well: both are worth saying.
        return replace(refusal, notes=(*refusal.notes, *oddities(case)))
    if case.knobs.strict and (odd := oddities(case)):
        return Refusal(300001, Answer.PARAM_ERROR, notes=odd)
    return _first(safety.CHECKS, case)


def _first(checks: Iterable[Check], case: Case) -> Refusal | None:
    return next((refusal for check in checks if (refusal := check(case))), None)
