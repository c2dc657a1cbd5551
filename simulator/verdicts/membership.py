"""Whether the token leads to a robot that may speak."""

from __future__ import annotations

from typing import Final

from simulator.diagnoses import Diagnosis, Note
from simulator.models import GroupState
from simulator.verdicts.verdict import Case, Check, Refusal
from simulator.wordings import Answer

_STATES: Final = {
    GroupState.STOPPED: Refusal(400102, Answer.STOPPED),
    GroupState.REMOVED: Refusal(400106, Answer.REMOVED),
    GroupState.DISSOLVED: Refusal(400013, Answer.DISSOLVED),
}


def token_exists(case: Case) -> Refusal | None:
    if case.group is not None:
        return None
    return Refusal(case.knobs.token_errcode, Answer.TOKEN_UNKNOWN, notes=_what_it_was(case.call.token))


def _what_it_was(token: str) -> tuple[Note, ...]:
    if token.startswith("SEC"):
        return (Note(Diagnosis.SECRET_AS_TOKEN),)
    if "://" in token or "access_token" in token:
        return (Note(Diagnosis.URL_AS_TOKEN),)
    return ()


def state(case: Case) -> Refusal | None:
    return _STATES.get(GroupState(case.known_group.state))


def quota(case: Case) -> Refusal | None:
    return Refusal(90030, Answer.QUOTA) if case.known_group.quota_left == 0 else None


CHECKS: Final[tuple[Check, ...]] = (token_exists, state, quota)
