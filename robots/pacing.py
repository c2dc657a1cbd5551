"""How often a token may be called: at most so many calls in any 60 seconds, counted over every process.

The windows live in Redis, one sorted set per token. They are rebuilt from what the database knows when Redis lost
them, so that a flush can neither stop the sending nor break DingTalk's limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import redis

# Grants for every window in one step. Redis's own clock, so that machines whose clocks differ share one minute.
# KEYS[1] tells that the windows are whole; the rest are windows. ARGV: limit, window in ms.
# Answers -1 when the windows were lost, else per window 0 (granted) or the milliseconds to wait.
_ACQUIRE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {-1} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local answers = {}
for i = 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  local used = redis.call('ZCARD', KEYS[i])
  if used < limit then
    redis.call('ZADD', KEYS[i], now, now .. ':' .. redis.call('INCR', KEYS[1]))
    redis.call('PEXPIRE', KEYS[i], window)
    answers[i - 1] = 0
  else
    local blocking = redis.call('ZRANGE', KEYS[i], used - limit, used - limit, 'WITHSCORES')
    answers[i - 1] = math.max(1, blocking[2] + window - now)
  end
end
return answers
"""

# One recent call of a token: when it was, in milliseconds of Unix time, and a name that tells it from the others.
RecentCalls = Mapping[str, Iterable[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Pacing:
    """`recent_calls` tells what the database knows of the last window, per token fingerprint."""

    connection: redis.Redis
    prefix: str
    limit: int
    window_seconds: int
    recent_calls: Callable[[], RecentCalls]

    def acquire(self, fingerprints: Sequence[str]) -> list[int]:
        """Ask for one call per token: 0 where it may be made now, else the milliseconds until asking again helps.

        A granted call counts whether it is made or not. Raises redis.RedisError when Redis cannot be reached: then
        nobody knows what was sent lately, and nothing may be.
        """
        if not fingerprints:
            return []
        answers = self._ask(fingerprints)
        while answers == [-1]:
            self._rebuild()
            answers = self._ask(fingerprints)
        return answers

    def _ask(self, fingerprints: Sequence[str]) -> list[int]:
        keys = [self._whole, *(self._window(fingerprint) for fingerprint in fingerprints)]
        answers = self.connection.eval(_ACQUIRE, len(keys), *keys, self.limit, self.window_seconds * 1000)
        return cast("list[int]", answers)

    def _rebuild(self) -> None:
        pipeline = self.connection.pipeline(transaction=True)
        for fingerprint, calls in self.recent_calls().items():
            key = self._window(fingerprint)
            # The same names whoever rebuilds: two processes that do it at once count nothing twice.
            pipeline.zadd(key, {name: at_ms for at_ms, name in calls})
            pipeline.pexpire(key, self.window_seconds * 1000)
        pipeline.set(self._whole, 1)
        pipeline.execute()

    @property
    def _whole(self) -> str:
        return f"{self.prefix}pacing"

    def _window(self, fingerprint: str) -> str:
        return f"{self.prefix}pacing:{fingerprint}"
