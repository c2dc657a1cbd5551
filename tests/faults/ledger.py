"""Holds our rows against the endpoint's own log: every promise of the engine, as a sentence that is true or not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

ENDED = {"delivered", "failed", "uncertain"}
LIMIT_PER_MINUTE = 20
WORKER_DIED = "worker_died"
# What the endpoint did to a call that then looked as if nobody could know.
BLINDING_FAULTS = {"drop_before", "drop_after_accept", "truncated"}
# A connection that was cut right before its next call, or right after its last reply.
NEAR_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt of ours."""

    kind: str
    reason: str
    worker: str
    started: float  # seconds of Unix time
    ended: float
    answered: bool  # DingTalk's own word came back


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery of ours."""

    robot: str
    uuid: str
    broadcast: int
    status: str
    reason: str = ""
    policy: str = "retry_safely"
    retry_due: bool = False
    tries: tuple[Try, ...] = ()

    def __str__(self) -> str:
        kinds = ", ".join(f"{one.kind} ({one.reason})" for one in self.tries)
        return f"{self.robot} {self.uuid} [{kinds}]"


@dataclass(frozen=True, slots=True)
class Heard:
    """One call as the endpoint wrote it down."""

    group: str
    uuid: str
    at: float  # seconds of Unix time
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message in a group's chat."""

    group: str
    uuid: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One broadcast, as it was launched."""

    broadcast: int
    planned_at: datetime
    groups: frozenset[str]


@dataclass(frozen=True)
class Ledger:
    sent: list[Sent] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    runs: list[tuple[int, datetime]] = field(default_factory=list)
    # What was broken, as far as it explains that nobody can know.
    killed: frozenset[str] = frozenset()  # workers
    broken: Counter[str] = field(default_factory=Counter)  # calls on the network, by msgUuid
    cuts: tuple[float, ...] = ()  # when every connection was reset
    jumps: tuple[tuple[float, float], ...] = ()  # from when to when the workers' clocks were wrong

    def broken_promises(self) -> list[str]:
        return [
            *self._nothing_sent(),
            *self._not_ended(),
            *self._not_fired_once(),
            *self._missing_or_too_many(),
            *self._delivered_but_not_accepted(),
            *self._accepted_but_called_otherwise(),
            *self._accepted_twice(),
            *self._strays(),
            *self._calls_without_attempt(),
            *self._answers_without_call(),
            *self._paced_too_fast(),
            *self._uncertain_though_known(),
            *self._uncertain_without_cause(),
            *self._asked_and_called_again(),
        ]

    def figures(self) -> dict[str, int]:
        tries = Counter(one.kind for sent in self.sent for one in sent.tries)
        died = sum(one.reason == WORKER_DIED for sent in self.sent for one in sent.tries)
        statuses = Counter(sent.status for sent in self.sent)
        return {
            "broadcasts": len(self.asked),
            "deliveries": len(self.sent),
            **{f"deliveries {status}": count for status, count in sorted(statuses.items())},
            "calls that the endpoint wrote down": len(self.heard),
            "messages in the groups": len(self.accepted),
            **{f"attempts {kind}": count for kind, count in sorted(tries.items())},
            "attempts whose worker died": died,
            "most calls to one robot in 60 seconds": self.most_per_minute(),
        }

    def most_per_minute(self) -> int:
        return max((_most_in_a_minute(stamps) for stamps in self._stamps().values()), default=0)

    def _stamps(self) -> dict[str, list[float]]:
        stamps: dict[str, list[float]] = defaultdict(list)
        for call in self.heard:
            stamps[call.group].append(call.at)
        return stamps

    @property
    def _accepted_uuids(self) -> set[str]:
        return {message.uuid for message in self.accepted}

    def _nothing_sent(self) -> Iterator[str]:
        """Books without an entry are in order, and prove nothing."""
        if not self.heard:
            yield "the endpoint was never called"

    def _not_ended(self) -> Iterator[str]:
        for sent in self.sent:
            if sent.status not in ENDED or sent.retry_due:
                yield f"{sent} never ended: {sent.status}"

    def _not_fired_once(self) -> Iterator[str]:
        runs = Counter(self.runs)
        planned = {(asked.broadcast, asked.planned_at) for asked in self.asked}
        for key in planned | set(runs):
            if key not in planned:
                yield f"broadcast {key[0]} was fired for {key[1]}, and nobody planned that"
            elif runs[key] != 1:
                yield f"broadcast {key[0]} was fired {runs[key]} times for {key[1]}"

    def _missing_or_too_many(self) -> Iterator[str]:
        found: dict[int, list[str]] = defaultdict(list)
        for sent in self.sent:
            found[sent.broadcast].append(sent.robot)
        for asked in self.asked:
            if sorted(found[asked.broadcast]) != sorted(asked.groups):
                yield f"broadcast {asked.broadcast} has other deliveries than groups"

    def _delivered_but_not_accepted(self) -> Iterator[str]:
        accepted = self._accepted_uuids
        for sent in self.sent:
            if sent.status == "delivered" and sent.uuid not in accepted:
                yield f"{sent} is called delivered, and is not in its group"

    def _accepted_but_called_otherwise(self) -> Iterator[str]:
        accepted = self._accepted_uuids
        for sent in self.sent:
            if sent.status not in ("delivered", "uncertain") and sent.uuid in accepted:
                yield f"{sent} is called {sent.status} ({sent.reason}), and is in its group"

    def _accepted_twice(self) -> Iterator[str]:
        """By what people read, whatever our rows say: no two broadcasts have the same text."""
        for (group, text), count in Counter((message.group, message.text) for message in self.accepted).items():
            if count > 1:
                yield f"{group} got {text!r} {count} times"

    def _strays(self) -> Iterator[str]:
        known = {(sent.robot, sent.uuid) for sent in self.sent}
        for group, uuid in sorted({(call.group, call.uuid) for call in self.heard} - known):
            yield f"{group} was called under the unknown msgUuid {uuid}"

    def _calls_without_attempt(self) -> Iterator[str]:
        calls = Counter(call.uuid for call in self.heard)
        for sent in self.sent:
            if calls[sent.uuid] > len(sent.tries):
                yield f"{sent} was called {calls[sent.uuid]} times, more than its attempts"

    def _answers_without_call(self) -> Iterator[str]:
        calls = Counter(call.uuid for call in self.heard)
        for sent in self.sent:
            answered = sum(one.answered for one in sent.tries)
            if answered > calls[sent.uuid]:
                yield f"{sent} has {answered} answers to {calls[sent.uuid]} calls"

    def _paced_too_fast(self) -> Iterator[str]:
        for group, stamps in self._stamps().items():
            if (most := _most_in_a_minute(stamps)) > LIMIT_PER_MINUTE:
                yield f"{group} was called {most} times in 60 seconds"

    def _uncertain_though_known(self) -> Iterator[str]:
        for sent in self.sent:
            if sent.status == "uncertain" and any(one.kind == "delivered" for one in sent.tries):
                yield f"{sent} is uncertain although DingTalk said ok"

    def _uncertain_without_cause(self) -> Iterator[str]:
        """Something must have happened to each call of which nobody knows the end."""
        blinded = Counter(call.uuid for call in self.heard if call.fault in BLINDING_FAULTS)
        for sent in self.sent:
            open_ones = [one for one in sent.tries if one.kind == "uncertain"]
            lost = [one for one in open_ones if one.reason == WORKER_DIED]
            cut = [one for one in open_ones if one.reason != WORKER_DIED and not self._was_cut(one)]
            if len(cut) > blinded[sent.uuid] + self.broken[sent.uuid]:
                yield f"{sent} has {len(cut)} uncertain attempts, and less was broken"
            for one in lost:
                if one.worker not in self.killed and not self._jumped(one):
                    yield f"{sent} was given up for its worker's death, and {one.worker} was not killed"
            if sent.status == "uncertain" and not open_ones:
                yield f"{sent} is uncertain without an attempt that is"

    def _was_cut(self, one: Try) -> bool:
        return any(one.started - NEAR_SECONDS <= at <= one.ended + NEAR_SECONDS for at in self.cuts)

    def _jumped(self, one: Try) -> bool:
        return any(start <= one.ended + 120 and one.started - 120 <= end for start, end in self.jumps)

    def _asked_and_called_again(self) -> Iterator[str]:
        """A reply that came after its call had been given up for lost belongs to that same call."""
        for sent in self.sent:
            first = next((one for one in sent.tries if one.kind == "uncertain"), None)
            if sent.policy != "ask" or first is None or self._jumped(first):
                continue
            if any(one.started > first.ended for one in sent.tries):
                yield f"{sent} was called again, though a person was to be asked"


def _most_in_a_minute(stamps: Iterable[float]) -> int:
    times, first, most = sorted(stamps), 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= 60:
            first += 1
        most = max(most, last - first + 1)
    return most
