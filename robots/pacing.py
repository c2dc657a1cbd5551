"""How often a token may be called: at most so many calls in any 60 seconds, counted over every process. And how often
anything may be called: DingTalk bans an address that calls too much.

The windows live in Redis, one sorted set per token. They are rebuilt from what the database knows when Redis lost
them, so that a flush can neither stop the sending nor break DingTalk's limit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import redis

# Grants for every window in one step. Redis's own clock, so that machines whose clocks differ share one minute.
# KEYS[1] tells that the windows are whole, KEYS[2] counts the calls of the current slice of a second; the rest are
# windows. ARGV: limit, window in ms, calls per slice, slice in ms, and a name for each window's call; a call that has
# its place in the window already, by an earlier grant that was not used, gets no second one.
# Answers {'lost'} when the windows were lost, else per window 0 (granted), the milliseconds until the token has a call
# left, or, below 0, the milliseconds until the next slice.
_ACQUIRE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window, ceiling, slice = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local current = math.floor(now / slice)
local counted = redis.call('HMGET', KEYS[2], 'slice', 'calls')
local calls = tonumber(counted[1]) == current and tonumber(counted[2]) or 0
local answers = {}
for i = 3, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  local name = ARGV[i + 2]
  local used = redis.call('ZCARD', KEYS[i])
  if redis.call('ZSCORE', KEYS[i], name) then
    answers[i - 2] = 0
  elseif used >= limit then
    local blocking = redis.call('ZRANGE', KEYS[i], used - limit, used - limit, 'WITHSCORES')
    answers[i - 2] = math.max(1, blocking[2] + window - now)
  elseif calls >= ceiling then
    answers[i - 2] = now - (current + 1) * slice
  else
    redis.call('ZADD', KEYS[i], now, name)
    redis.call('PEXPIRE', KEYS[i], window)
    calls = calls + 1
    answers[i - 2] = 0
  end
end
redis.call('HSET', KEYS[2], 'slice', current, 'calls', calls)
redis.call('PEXPIRE', KEYS[2], 1000)
return answers
"""

# Small, so that calls are spread over the second instead of all being made at its beginning.
SLICE_MS = 100

# Per token fingerprint its recent calls: when, in milliseconds of Unix time, and the name of the call.
RecentCalls = Mapping[str, Iterable[tuple[int, str]]]


class Wish(NamedTuple):
    """A call that is to be made. The name tells it from every other call of that token."""

    fingerprint: str
    name: str


@dataclass(frozen=True, slots=True)
class Pacing:
    """`recent_calls` tells what the database knows of the last window, less the named ones, which are asked for now."""

    connection: redis.Redis
    prefix: str
    limit: int
    window_seconds: int
    calls_per_second: int  # of all tokens together
    recent_calls: Callable[[Collection[str]], RecentCalls]

    def acquire(self, wishes: Sequence[Wish]) -> list[int]:
        """For each call 0 where it may be made now; above 0 the milliseconds until its token has a call left; below 0,
        as a negative number, the milliseconds until any token has one.

        A granted call counts whether it is made or not. Raises redis.RedisError when Redis cannot be reached: then
        nobody knows what was sent lately, and nothing may be.
        """
        if not wishes:
            return []
        answers = self._ask(wishes)
        while answers is None:
            self._rebuild({wish.name for wish in wishes})
            answers = self._ask(wishes)
        return answers

    def _ask(self, wishes: Sequence[Wish]) -> list[int] | None:
        """None when the windows were lost."""
        keys = [self._whole, f"{self._whole}:address", *(self._window(wish.fingerprint) for wish in wishes)]
        ceiling = max(1, self.calls_per_second * SLICE_MS // 1000)
        numbers = (self.limit, self.window_seconds * 1000, ceiling, SLICE_MS)
        names = (wish.name for wish in wishes)
        answers = cast("list[int | str]", self.connection.eval(_ACQUIRE, len(keys), *keys, *numbers, *names))
        return None if answers in ([b"lost"], ["lost"]) else cast("list[int]", answers)

    def _rebuild(self, asked_for: Collection[str]) -> None:
        pipeline = self.connection.pipeline(transaction=True)
        for fingerprint, calls in self.recent_calls(asked_for).items():
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
