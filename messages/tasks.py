"""The two tasks. They take nothing, re-read everything, and may run twice at once without harm."""

from __future__ import annotations

import functools
import gc
import threading
import time
from datetime import timedelta

import redis
from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings
from django.utils import timezone

from dingtalk.client import Client, make_session
from messages.engine.care import take_care, tell_silence
from messages.engine.claims import ClaimRules
from messages.engine.firing import fire_due
from messages.engine.life import worker_name
from messages.engine.pump import OnePumpPerProcess, Pump
from messages.engine.queue import claimable
from messages.engine.recent import recent_calls
from messages.engine.recovery import distrust_old_retries, give_up_unsendable, reap, retry_uncertain
from messages.engine.state import may_fire, may_send, note_tick
from messages.wakeups import DELIVER_DUE, TICK, wake_pump
from robots.pacing import Pacing

_one_pump = OnePumpPerProcess()
_stopping = threading.Event()


@worker_shutting_down.connect
def stop_claiming(**_signal: object) -> None:
    """A worker that is told to end finishes the calls in flight and takes no more."""
    _stopping.set()


@shared_task(name=TICK, ignore_result=True)
def tick() -> None:
    """Once a second: fire what is planned, find what was lost, and wake a pump while something is due."""
    now = timezone.now()
    tell_silence(now)
    note_tick(now)
    if may_fire():
        fire_due(now)
        retry_uncertain(now)
        distrust_old_retries(now)
    give_up_unsendable(now, simulator=settings.DINGADMIN_SIMULATOR)
    reap(now)
    take_care(now)
    if may_send(now) and claimable(now, simulator=settings.DINGADMIN_SIMULATOR).exists():
        wake_pump()


@shared_task(name=DELIVER_DUE, ignore_result=True)
def deliver_due() -> None:
    _one_pump.run(lambda: make_pump().run(stop=_stopping))


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
