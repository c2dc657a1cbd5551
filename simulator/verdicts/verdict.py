"""What the checks are given and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.call import Call
from simulator.diagnoses import Note
from simulator.models import Group, Knobs
from simulator.verdicts.bodies import Body
from simulator.wordings import Answer


@dataclass(frozen=True, slots=True)
class Refusal:
    errcode: int
    answer: Answer
    params: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One call with all that its verdict depends on; `now_ms` is the simulated clock's."""

    call: Call
    body: Body
    group: Group | None
    knobs: Knobs
    now_ms: int

    @property
    def message(self) -> Mapping[str, object]:
        return self.body.message or {}

    @property
    def known_group(self) -> Group:
        """For the checks that come after the token's."""
        if self.group is None:
            raise LookupError("the token belongs to no group")
        return self.group


Check = Callable[[Case], Refusal | None]
