"""Twenty a minute for each token, then ten minutes of silence: the arithmetic, and threads over a real socket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.models import ChatMessage, Group, Knobs, Window
from simulator.tests.support import TEXT, answer, make_group, post, set_knobs
from simulator.verdicts.throttle import Stamps, count

SECOND = 1000
MINUTE = 60 * SECOND


def run(moments: list[int], *, start: Stamps | None = None, **knobs: object) -> tuple[list[bool], Stamps]:
    """Which of the calls were throttled."""
    stamps, throttled = start or Stamps(), []
    for moment in moments:
        stamps, refusal = count(stamps, now_ms=moment, knobs=Knobs(**knobs))
        throttled.append(refusal is not None)
    return throttled, stamps


def test_twenty_calls_pass_and_the_next_does_not() -> None:
    throttled, _stamps = run([second * SECOND for second in range(21)])
    assert throttled == [False] * 20 + [True]


def test_the_silence_lasts_ten_minutes() -> None:
    _throttled, stamps = run([0] * 21)
    throttled, _stamps = run([10 * MINUTE - 1, 10 * MINUTE], start=stamps)
    assert throttled == [True, False]


def test_calls_during_the_silence_do_not_prolong_it() -> None:
    _throttled, stamps = run([0] * 21 + [5 * MINUTE])
    assert stamps.muted_until_ms == 10 * MINUTE


def test_calls_during_the_silence_count_against_the_minute_after_it() -> None:
    _throttled, stamps = run([0] * 21 + [10 * MINUTE - 1] * 20)
    assert run([10 * MINUTE], start=stamps)[0] == [True]


def test_throttled_calls_need_not_count() -> None:
    _throttled, stamps = run([0] * 21 + [10 * MINUTE - 1] * 20, count_throttled=False)
    assert run([10 * MINUTE], start=stamps, count_throttled=False)[0] == [False]


def test_without_a_silence_the_window_alone_decides() -> None:
    throttled, _stamps = run([0] * 20 + [30 * SECOND, MINUTE - 1, MINUTE], penalty_seconds=0, count_throttled=False)
    assert throttled == [False] * 20 + [True, True, False]


def test_a_sliding_window_looks_back_sixty_seconds() -> None:
    throttled, _stamps = run([59 * SECOND] * 20 + [61 * SECOND])
    assert throttled[-1] is True


def test_a_fixed_window_starts_anew_with_each_minute_of_the_clock() -> None:
    throttled, _stamps = run([59 * SECOND] * 20 + [61 * SECOND], window="fixed")
    assert throttled[-1] is False


def test_the_window_keeps_no_more_than_the_limit() -> None:
    _throttled, stamps = run(list(range(200)), penalty_seconds=0)
    assert len(stamps.calls_ms) == 20


@pytest.mark.parametrize("errcode", [130101, 660026, 410100])
def test_the_code_can_be_chosen(errcode: int) -> None:
    _stamps, refusal = count(Stamps((0,) * 20), now_ms=1, knobs=Knobs(throttle_errcode=errcode))
    assert refusal is not None
    assert refusal.errcode == errcode


socket = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])


@socket
def test_two_robots_are_throttled_apart(simulator: str) -> None:
    set_knobs(limit=1)
    first, second = make_group("first"), make_group("second")
    assert [answer(simulator, group)[0] for group in (first, second, first)] == [0, 0, 660026]


@socket
def test_a_token_that_does_not_exist_is_throttled_too(simulator: str) -> None:
    set_knobs(limit=1)
    stranger = Group(token="f" * 64, secret="")
    assert [answer(simulator, stranger)[0] for _call in range(2)] == [300005, 660026]


@socket
def test_refused_calls_count(simulator: str) -> None:
    set_knobs(limit=1)
    group = make_group(keywords=["alarm"])
    assert [answer(simulator, group)[0] for _call in range(2)] == [310000, 660026]


@socket
def test_calls_that_are_no_message_at_all_do_not_count(simulator: str) -> None:
    set_knobs(limit=1)
    group = make_group()
    assert answer(simulator, group, raw=b"{")[0] == 40035
    assert answer(simulator, group)[0] == 0


@socket
def test_threads_together_get_exactly_the_limit_through(simulator: str) -> None:
    group = make_group()
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _number: answer(simulator, group)[0], range(40)))
    assert sorted(codes) == [0] * 20 + [660026] * 20
    assert ChatMessage.objects.filter(group=group).count() == 20
    assert len(Window.objects.get().stamps) == 20


@socket
def test_threads_with_one_msg_uuid_make_one_message(simulator: str) -> None:
    group = make_group()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _number: post(simulator, group, {**TEXT, "msgUuid": "one"}).json(), range(16)))
    assert {reply["errcode"] for reply in replies} == {0}
    assert ChatMessage.objects.filter(group=group).count() == 1
