"""Claim rules and pumps for tests, over the real Redis."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from dingtalk.client import Client, Limits, make_session
from messages.engine.claims import ClaimRules
from messages.engine.pump import Pump
from messages.tasks import make_pacing
from robots.pacing import Pacing


def make_rules(*, pacing: Pacing | None = None, simulator: bool = True, lease_seconds: int = 60) -> ClaimRules:
    return ClaimRules(
        lease=timedelta(seconds=lease_seconds),
        worker="test-worker",
        simulator=simulator,
        pacing=pacing or make_pacing(),
    )


def make_pump(*, window: int = 4, limits: Limits | None = None, rules: ClaimRules | None = None) -> Pump:
    session = make_session(pool_size=window, ca_file=settings.DINGTALK_CA_FILE or None)
    client = Client(session, limits=limits or Limits(), now_ms=lambda: time.time_ns() // 1_000_000)
    return Pump(client=client, window=window, rules=rules or make_rules(), now=timezone.now)
