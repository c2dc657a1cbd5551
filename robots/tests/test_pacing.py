from __future__ import annotations

import itertools
import threading
import time

import pytest
import redis
from django.conf import settings

from robots.pacing import Pacing, RecentCalls, Wish

_names = itertools.count(1)


def ask(pacing: Pacing, *fingerprints: str) -> list[int]:
    """For a new call of each token."""
    return pacing.acquire([Wish(fingerprint, f"call:{next(_names)}") for fingerprint in fingerprints])


def nothing_recent(_asked_for: object) -> RecentCalls:
    return {}


def make_pacing(
    limit: int = 3, window_seconds: int = 60, recent: object = nothing_recent, calls_per_second: int = 1000
) -> Pacing:
    connection = redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_OPTIONS)
    return Pacing(connection, "pacing-test:", limit, window_seconds, calls_per_second, recent)  # type: ignore[arg-type]


def test_a_token_may_be_called_as_often_as_the_limit_says_and_then_waits() -> None:
    pacing = make_pacing(limit=3)
    answers = [ask(pacing, "a")[0] for _ in range(4)]
    assert answers[:3] == [0, 0, 0]
    assert 0 < answers[3] <= 60_000


def test_two_tokens_are_paced_independently() -> None:
    pacing = make_pacing(limit=1)
    assert ask(pacing, "a", "b") == [0, 0]
    assert all(wait > 0 for wait in ask(pacing, "a", "b"))


def test_one_token_asked_for_twice_in_one_step_uses_two_calls() -> None:
    first, second, third = ask(make_pacing(limit=2), "a", "a", "a")
    assert (first, second) == (0, 0)
    assert third > 0


def test_the_window_slides() -> None:
    pacing = make_pacing(limit=1, window_seconds=1)
    assert ask(pacing, "a") == [0]
    (wait_ms,) = ask(pacing, "a")
    time.sleep(wait_ms / 1000 + 0.01)
    assert ask(pacing, "a") == [0]


def test_a_flushed_window_is_rebuilt_from_recent_calls() -> None:
    now_ms = int(time.time() * 1000)
    pacing = make_pacing(
        limit=3, recent=lambda _asked_for: {"a": [(now_ms - 2000, "attempt:1"), (now_ms - 1000, "attempt:2")]}
    )
    pacing.connection.flushdb()
    assert ask(pacing, "a") == [0]
    assert ask(pacing, "a")[0] > 0


def test_a_rebuild_by_two_processes_counts_no_call_twice() -> None:
    now_ms = int(time.time() * 1000)
    pacing = make_pacing(limit=3, recent=lambda _asked_for: {"a": [(now_ms - 1000, "attempt:1")]})
    pacing._rebuild(())
    pacing._rebuild(())
    assert [ask(pacing, "a")[0] for _ in range(2)] == [0, 0]


def test_many_processes_together_stay_within_the_limit() -> None:
    granted: list[int] = []

    def process() -> None:
        pacing = make_pacing(limit=18)
        granted.extend(answer for _ in range(20) for answer in ask(pacing, "a") if answer == 0)

    threads = [threading.Thread(target=process) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 18


def test_nothing_may_be_called_while_redis_cannot_be_asked() -> None:
    connection = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2, retry=None)
    with pytest.raises(redis.RedisError):
        ask(Pacing(connection, "pacing-test:", 18, 60, 400, nothing_recent), "a")


def test_all_tokens_together_stay_below_the_ceiling_of_our_address() -> None:
    pacing = make_pacing(calls_per_second=100)
    tokens = [f"token-{number}" for number in range(30)]
    answers = ask(pacing, *tokens)
    assert answers.count(0) <= 20, "ten in each slice of a tenth of a second, and the call may meet two of them"
    refused = [answer for answer in answers if answer]
    assert refused
    assert all(-100 <= answer < 0 for answer in refused)
    time.sleep(0.11)
    assert 0 in ask(pacing, *tokens[-1:])


def test_what_the_ceiling_refuses_uses_no_call_of_its_token() -> None:
    pacing = make_pacing(limit=1, calls_per_second=10)
    tokens = [f"token-{number}" for number in range(10)]
    granted = [token for token, answer in zip(tokens, ask(pacing, *tokens), strict=True) if answer == 0]
    deadline = time.monotonic() + 5
    while len(granted) < len(tokens) and time.monotonic() < deadline:
        waiting = [token for token in tokens if token not in granted]
        granted += [token for token, answer in zip(waiting, ask(pacing, *waiting), strict=True) if answer == 0]
        time.sleep(0.02)
    assert sorted(granted) == sorted(tokens)


def test_a_call_that_was_granted_and_not_made_is_granted_again_without_a_second_place() -> None:
    pacing = make_pacing(limit=1)
    wish = Wish("a", "delivery 1, call 1")
    assert pacing.acquire([wish]) == [0]
    assert pacing.acquire([wish]) == [0]
    assert ask(pacing, "a")[0] > 0


def test_a_rebuild_is_told_what_is_only_being_asked_for() -> None:
    told: list[object] = []

    def recent(asked_for: object) -> RecentCalls:
        told.append(asked_for)
        return {}

    make_pacing(recent=recent).acquire([Wish("a", "delivery 1, call 1")])
    assert told == [{"delivery 1, call 1"}]
