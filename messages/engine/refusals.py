"""Tells people what a run refused by itself when it fired: nothing is left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from messages.engine.rechecking import Pairs
from messages.models import BroadcastKind, Run
from messages.notices.kinds import NoticeKind, broadcast_subject
from messages.notices.raising import raise_notice


class Refusals:
    """Counts groups, however many parts each would have got."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._reasons: Counter[str] = Counter()

    def add(self, pairs: Pairs, refused: Sequence[str]) -> None:
        """`refused`: for each of the pairs the reason, or ""."""
        if any(refused):
            found = zip(pairs, refused, strict=True)
            self._reasons.update(reason for (_target, worded), reason in found if reason and worded.part == 1)

    def tell(self, now: datetime) -> None:
        broadcast = self._run.broadcast
        if not self._reasons or broadcast.kind == BroadcastKind.TEST:
            return
        [(reason, _times)] = self._reasons.most_common(1)
        params = {"broadcast": broadcast.name, "count": self._reasons.total(), "reason": reason}
        raise_notice(NoticeKind.REFUSED_AT_FIRING, subject=broadcast_subject(broadcast.pk), params=params, at=now)
