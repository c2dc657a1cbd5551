"""Holds our rows against the endpoint's own log: every promise of the engine, as a sentence that is true or not."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

ENDED = {"delivered", "failed", "uncertain"}
LIMIT_PER_MINUTE = 20


@dataclass(frozen=True)
class Ledger:
    deliveries: list[dict[str, Any]]
    accepted: list[tuple[str, str]]  # group, msgUuid
    calls: list[tuple[str, str, float]]  # group, msgUuid, when

    def broken_promises(self) -> list[str]:
        return [
            *self._not_ended(),
            *self._delivered_but_not_accepted(),
            *self._accepted_but_called_failed(),
            *self._accepted_twice(),
            *self._called_under_another_uuid(),
            *self._paced_too_fast(),
            *self._uncertain_though_known(),
        ]

    def figures(self) -> dict[str, int]:
        attempts = Counter(kind for delivery in self.deliveries for kind, _reason in delivery["attempts"])
        return {
            "deliveries": len(self.deliveries),
            **{f"deliveries {status}": count for status, count in sorted(self._statuses().items())},
            "calls": len(self.calls),
            "messages in the groups": len(self.accepted),
            "calls whose worker died": sum(
                reason == "worker_died" for delivery in self.deliveries for _kind, reason in delivery["attempts"]
            ),
            "attempts uncertain": attempts["uncertain"],
        }

    def _statuses(self) -> Counter[str]:
        return Counter(delivery["status"] for delivery in self.deliveries)

    def _not_ended(self) -> list[str]:
        return [f"{_name(d)} never ended: {d['status']}" for d in self.deliveries if d["status"] not in ENDED]

    def _delivered_but_not_accepted(self) -> list[str]:
        accepted = {uuid for _group, uuid in self.accepted}
        wrong = [d for d in self.deliveries if d["status"] == "delivered" and d["uuid"] not in accepted]
        return [f"{_name(d)} is called delivered, and is not in its group" for d in wrong]

    def _accepted_but_called_failed(self) -> list[str]:
        accepted = {uuid for _group, uuid in self.accepted}
        wrong = [d for d in self.deliveries if d["status"] == "failed" and d["uuid"] in accepted]
        return [f"{_name(d)} is called failed ({d['reason']}), and is in its group" for d in wrong]

    def _accepted_twice(self) -> list[str]:
        """The simulator drops a second copy under one msgUuid: two messages of one round would have two."""
        wrong = [pair for pair, count in Counter(self.accepted).items() if count > 1]
        expected = Counter(d["robot"] for d in self.deliveries)
        arrived = Counter(group for group, _uuid in self.accepted)
        crowded = [group for group in arrived if arrived[group] > expected[group]]
        return [f"{pair} arrived twice" for pair in wrong] + [f"{group} got more than was sent" for group in crowded]

    def _called_under_another_uuid(self) -> list[str]:
        known = {(d["robot"], d["uuid"]) for d in self.deliveries}
        strays = {(group, uuid) for group, uuid, _at in self.calls if (group, uuid) not in known}
        return [f"{group} was called under the unknown msgUuid {uuid}" for group, uuid in sorted(strays)]

    def _paced_too_fast(self) -> list[str]:
        times: dict[str, list[float]] = defaultdict(list)
        for group, _uuid, at in self.calls:
            times[group].append(at)
        wrong = []
        for group, stamps in times.items():
            stamps.sort()
            windows = zip(stamps, stamps[LIMIT_PER_MINUTE:], strict=False)
            if any(later - first < 60 for first, later in windows):
                wrong.append(f"{group} was called more than {LIMIT_PER_MINUTE} times in 60 seconds")
        return wrong

    def _uncertain_though_known(self) -> list[str]:
        """Uncertain is for what nobody can know: an attempt with DingTalk's own word ends it."""
        wrong = [
            d
            for d in self.deliveries
            if d["status"] == "uncertain" and any(kind == "delivered" for kind, _reason in d["attempts"])
        ]
        return [f"{_name(d)} is uncertain although DingTalk said ok" for d in wrong]

    def longest_gap(self) -> float:
        """Seconds in which no call came in at all."""
        stamps = sorted(at for _group, _uuid, at in self.calls)
        return max((later - earlier for earlier, later in pairwise(stamps)), default=0.0)


def _name(delivery: dict[str, Any]) -> str:
    return f"{delivery['robot']} {delivery['uuid']}"
