from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from messages.models import EngineState

pytestmark = pytest.mark.django_db


def tick(*, seconds_ago: int) -> None:
    EngineState.objects.create(pk=1, ticked_at=timezone.now() - timedelta(seconds=seconds_ago))


def test_a_fresh_tick_is_health() -> None:
    tick(seconds_ago=2)

    call_command("health")


def test_an_old_tick_is_none() -> None:
    tick(seconds_ago=3600)

    with pytest.raises(CommandError, match="3600 seconds ago"):
        call_command("health")


def test_no_tick_at_all_is_none() -> None:
    with pytest.raises(CommandError, match="no tick yet"):
        call_command("health")
