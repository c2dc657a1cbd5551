"""Signs of life as beat and workers leave them, and a database that does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone

from messages.models import EngineState, Worker

SILENT_REDIS = "redis://:hunter2-not-real@127.0.0.1:1/0"


def tick(*, seconds_ago: float = 0) -> None:
    ticked_at = timezone.now() - timedelta(seconds=seconds_ago)
    EngineState.objects.update_or_create(pk=1, defaults={"ticked_at": ticked_at})


def sign(*, seconds_ago: float = 0, host: str = "", version: str = "0.1.0") -> Worker:
    seen_at = timezone.now() - timedelta(seconds=seconds_ago)
    name = f"{host or socket.gethostname()}:1"
    return Worker.objects.create(name=name, version=version, started_at=seen_at, seen_at=seen_at)


@contextmanager
def silent_database() -> Iterator[None]:
    def refuse(*_arguments: Any) -> None:
        raise OperationalError("connection to server at 10.0.0.7 failed: password hunter2-not-real")

    with connection.execute_wrapper(refuse):
        yield
