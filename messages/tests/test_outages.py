from __future__ import annotations

import pytest
import redis
from django.db import OperationalError

from dingtalk.client import Call
from dingtalk.replies import classify
from messages.engine import outages, pump
from messages.engine.recording import record_finished
from messages.models import Attempt, Delivery, DeliveryStatus
from messages.tests.engine_parts import make_pump, make_rules
from robots.pacing import Pacing
from tests.factories import make_delivery

OK = b'{"errcode":0,"errmsg":"ok"}'


class Answers:
    """Stands in for the client: every call is delivered at once."""

    def send(self, target: object, body: bytes) -> Call:
        outcome = classify(http_status=200, headers={}, body=OK, truncated=False, now_ms=0)
        return Call(outcome=outcome, started_ms=1_700_000_000_000, duration_ms=1, masked_url="", raw="")


@pytest.mark.django_db(transaction=True)
def test_what_dingtalk_answered_is_kept_until_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def away_twice(*arguments: object, **options: object) -> None:
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("the server closed the connection")
        record_finished(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pump, "record_finished", away_twice)
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0.01)
    delivery = make_delivery()
    engine = make_pump()
    object.__setattr__(engine, "client", Answers())
    assert engine.run() == 1
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DELIVERED
    assert Attempt.objects.filter(delivery=delivery).count() == 1
    assert len(tries) == 3


def test_an_outage_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(outages, "connection", _Closes())

    def away() -> None:
        raise OperationalError("the server closed the connection")

    with pytest.raises(OperationalError):
        outages.through_outage(away, seconds=0.05)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_claimed_while_redis_cannot_be_asked() -> None:
    delivery = make_delivery()
    dead = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    pacing = Pacing(dead, "test:", 18, 60, 400, lambda _asked_for: {})
    with pytest.raises(redis.RedisError):
        make_pump(rules=make_rules(pacing=pacing)).run()
    assert Delivery.objects.get(pk=delivery.pk).status == DeliveryStatus.WAITING


class _Closes:
    def close(self) -> None:
        """Nothing is open."""
