"""The two tasks. They take nothing, re-read everything, and may run twice at once without harm."""

from __future__ import annotations

import functools
import gc
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import redis
from celery import current_app, shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from dingtalk.client import Client, make_session
from messages.engine.care import take_care, tell_silence
from messages.engine.claims import ClaimRules
from messages.engine.firing import fire_due
from messages.engine.first_group import watch_over
from messages.engine.giving_up import GivingUp
from messages.engine.life import worker_name
from messages.engine.lookout import Lookout
from messages.engine.pump import OnePumpPerProcess, Pump
from messages.engine.queue import anything_due
from messages.engine.recent import recent_calls
from messages.engine.recovery import distrust_old_retries, reap, retry_uncertain
from messages.engine.state import may_fire, may_send, note_tick
from messages.wakeups import DELIVER_DUE, TICK, wake_pump
from robots.pacing import Pacing

_giving_up = GivingUp()
_one_pump = OnePumpPerProcess()
_stopping = threading.Event()
# Of a worker's few threads. A fan-out to very many groups takes seconds: others are fired beside it.
_firing = threading.BoundedSemaphore(2)
_keeping_house = threading.BoundedSemaphore(1)


@shared_task(name=TICK, ignore_result=True)
def tick() -> None:
    """Once a second: fire what is planned, find what was lost, and give up openly on what cannot go out.

    What earlier ticks are still busy with in this process is left to them, so that ticks never queue up behind it.
    """
    try:
        _unless_busy(_firing, _fire)
    finally:
        _unless_busy(_keeping_house, _keep_house)


@shared_task(name=DELIVER_DUE, ignore_result=True)
def deliver_due() -> None:
    _one_pump.run(lambda: make_pump().run(stop=_stopping))


def _unless_busy(places: threading.BoundedSemaphore, work: Callable[[], None]) -> None:
    if places.acquire(blocking=False):
        try:
            work()
        finally:
            places.release()


def _fire() -> None:
    if may_fire() and fire_due(timezone.now()):
        wake_pump()


def _keep_house() -> None:
    now = timezone.now()
    tell_silence(now)
    note_tick(now)
    if may_fire():
        retry_uncertain(now)
        distrust_old_retries(now)
    _giving_up.give_up(now, simulator=settings.DINGADMIN_SIMULATOR)
    reap(now)
    watch_over(now)
    take_care(now)


def _pump_is_wanted() -> bool:
    now = timezone.now()
    return not _one_pump.running and may_send(now) and anything_due(now, simulator=settings.DINGADMIN_SIMULATOR)


# As the task, not as its function: what goes wrong in it is told in the usual way, and ends nothing else.
_lookout = Lookout(due=_pump_is_wanted, pump=deliver_due.apply, stopping=_stopping)


@worker_ready.connect
def look_out(**_signal: object) -> None:
    """A worker that takes no wake-ups is one for other things."""
    if settings.CELERY_TASK_DEFAULT_QUEUE in current_app.amqp.queues.consume_from:
        _lookout.start()


@worker_shutting_down.connect
def stop_claiming(**_signal: object) -> None:
    """A worker that is told to end finishes the calls in flight and takes no more."""
    _stopping.set()


@worker_shutdown.connect
def finish_calls(**_signal: object) -> None:
    _lookout.end()


@functools.cache
def make_pump() -> Pump:
    """One per process: its connections to DingTalk and Redis are kept."""
    # What is loaded by now stays for good: looking through it for garbage again and again costs a tenth of the sending.
    gc.collect()
    gc.freeze()
    rules = ClaimRules(
        lease=timedelta(seconds=settings.LEASE_SECONDS),
        worker=worker_name(),
        simulator=settings.DINGADMIN_SIMULATOR,
        pacing=make_pacing(),
    )
    proxies = {"http": settings.DINGTALK_PROXY, "https": settings.DINGTALK_PROXY} if settings.DINGTALK_PROXY else None
    session = make_session(pool_size=settings.SEND_WINDOW, proxies=proxies, ca_file=settings.DINGTALK_CA_FILE or None)
    client = Client(session, now_ms=lambda: time.time_ns() // 1_000_000)
    return Pump(client=client, window=settings.SEND_WINDOW, rules=rules, now=timezone.now)


def make_pacing() -> Pacing:
    return Pacing(
        connection=redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_OPTIONS),
        prefix=settings.REDIS_KEY_PREFIX,
        limit=settings.PACING_LIMIT,
        window_seconds=settings.PACING_WINDOW_SECONDS,
        calls_per_second=settings.ADDRESS_CEILING,
        recent_calls=recent_calls,
    )
