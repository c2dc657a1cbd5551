"""The checks before DingTalk looks at who is calling."""

from __future__ import annotations

from typing import Final

from simulator.diagnoses import Diagnosis, Note
from simulator.verdicts.bodies import FORM, JSON
from simulator.verdicts.verdict import Case, Check, Refusal
from simulator.wordings import Answer

MAX_BYTES: Final = 20_000  # of the raw body


def method(case: Case) -> Refusal | None:
    return None if case.call.method == "POST" else Refusal(43002, Answer.NOT_POST)


def content_type(case: Case) -> Refusal | None:
    return None if case.call.media_type in {JSON, FORM} else Refusal(43004, Answer.CONTENT_TYPE)


def token_given(case: Case) -> Refusal | None:
    return None if case.call.token.strip() else Refusal(40035, Answer.NO_TOKEN)


def body_parses(case: Case) -> Refusal | None:
    return Refusal(40035, Answer.NO_JSON, notes=case.body.notes) if case.body.message is None else None


def size(case: Case) -> Refusal | None:
    length = len(case.call.body)
    if length <= MAX_BYTES:
        return None
    return Refusal(460101, Answer.TOO_LONG, notes=(Note(Diagnosis.BODY_SIZE, {"bytes": str(length)}),))


CHECKS: Final[tuple[Check, ...]] = (method, content_type, token_given, body_parses, size)
