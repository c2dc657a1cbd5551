"""The brakes: a call that was claimed is not made when a person cancels, pauses or stops it first.

A pump claims ahead, so that what is `sending` may not have been called yet. Two rules make the word of the pages true:

- After a claim is committed, and before any of its calls begins, the brakes are looked at. So whoever commits a pause
  either is seen here, or sees the claimed row as `sending`.
- A look older than STALE_SECONDS allows nothing. So that long after the commit no further call begins, whatever a pump
  is busy with.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists

from messages.engine.claims import Claimed
from messages.engine.compiled import Compiled
from messages.engine.giving_back import give_back
from messages.engine.outages import DATABASE_AWAY
from messages.engine.state import held
from messages.models import Broadcast, BroadcastStatus
from robots.bulk import is_one_of, numbers

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.2
STALE_SECONDS = 0.5


class _Look(NamedTuple):
    at: float  # on the monotonic clock, before the database was asked
    free: frozenset[int]  # the broadcasts whose calls may be made


_NEVER = _Look(float("-inf"), frozenset())


@dataclass(slots=True)
class Brakes:
    """What the calls of one pump are held back by. Looked at by the pump alone, asked by all of its threads."""

    now: Callable[[], datetime]
    clock: Callable[[], float] = time.monotonic
    _held: Counter[int] = field(default_factory=Counter)
    _last: _Look = _NEVER

    def watch(self, claimed: Iterable[Claimed]) -> None:
        """Call it with every claim before its calls begin, and with an empty one now and then."""
        ids = [item.broadcast_id for item in claimed]
        self._held.update(ids)
        if ids or (self._held and self.clock() - self._last.at >= LOOK_EVERY_SECONDS):
            self._look()

    def let_go(self, claimed: Iterable[Claimed]) -> None:
        self._held.subtract(item.broadcast_id for item in claimed)
        self._held = +self._held

    def may_call(self, broadcast_id: int) -> bool:
        """Costs nothing: asked right before each call."""
        last = self._last
        return broadcast_id in last.free and self.clock() - last.at < STALE_SECONDS

    def _look(self) -> None:
        at = self.clock()
        try:
            free = frozenset(self._free())
        except DATABASE_AWAY as error:
            logger.warning("Nobody can know what was stopped meanwhile (%s): nothing is called", type(error).__name__)
            connection.close()
            free = frozenset()
        self._last = _Look(at, free)

    def _free(self) -> Iterable[int]:
        ending, params = f"AND {is_one_of('id')}", [numbers(self._held)]
        return (pk for (pk,) in _going().rows(self.now(), ending=ending, params=params))


@cache
def _going() -> Compiled:
    """Unordered, so that more conditions may follow."""
    return Compiled.of(
        lambda now: (
            Broadcast.objects.filter(~Exists(held(now)), paused_at=None)
            .exclude(status=BroadcastStatus.CANCELLED)
            .order_by()
            .values_list("pk")
        )
    )


def hand_back(not_called: Iterable[Claimed], *, now: datetime) -> None:
    """What the brakes held back waits again, or is cancelled."""
    by_claim: dict[UUID, list[int]] = defaultdict(list)
    for item in not_called:
        by_claim[item.claim].append(item.delivery_id)
    for claim, ids in by_claim.items():
        give_back(ids, claim, now=now)
