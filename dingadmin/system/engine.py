"""What the parts that send are like right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from messages.history.figures import Queue, RobotFigures, calls_since, queue, robot_figures
from messages.history.life import ALIVE_WITHIN, TICKING_WITHIN, workers
from messages.history.waiting import engine_state
from messages.models import EngineState, Worker
from robots.models import Organisation

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Engine:
    """Read once, for each part looks at what the others are like."""

    now: datetime
    state: EngineState
    workers: Sequence[Worker]
    queue: Queue
    robots: RobotFigures
    refused: Sequence[Organisation]  # by DingTalk, for their quota
    calls: int  # in the last minute

    @property
    def ticks(self) -> bool:
        return self.state.ticked_at is not None and self.now - self.state.ticked_at < TICKING_WITHIN

    @property
    def alive(self) -> list[Worker]:
        return [worker for worker in self.workers if self.now - worker.seen_at < ALIVE_WITHIN]

    @property
    def held(self) -> bool:
        return self.state.hold_until is not None and self.state.hold_until > self.now


def read_engine(now: datetime) -> Engine:
    return Engine(
        now=now,
        state=engine_state() or EngineState(),
        workers=workers(),
        queue=queue(now),
        robots=robot_figures(now),
        refused=list(Organisation.objects.filter(quota_exhausted_until__gt=now)),
        calls=calls_since(now - MINUTE),
    )
