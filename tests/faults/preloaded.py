"""What every worker and beat of the harness is forked from: all modules are there, nothing is connected yet.

A start costs a part of what it costs from nothing, so that many more of them can be killed in the same time.
What then runs is Celery's own command, as `manage.py up` gives it.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Sequence

import celery.apps.beat
import celery.apps.worker
import celery.bin.celery
import celery.concurrency.thread
import celery.worker.consumer  # noqa: F401
import django
import kombu.transport.redis  # noqa: F401
from celery.__main__ import main

from tests.faults import clock

if "DINGADMIN_HOME" in os.environ:
    django.setup()


def celery_command(arguments: Sequence[str], log: str, harness: int) -> None:
    """Become `celery ARGUMENTS...`. Runs in a fork of its own, and dies with the harness, however that ends."""
    threading.Thread(target=_die_with, args=(harness,), daemon=True).start()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(descriptor, number)
    clock.follow()
    sys.argv = ["celery", *arguments]
    main()


def _die_with(process: int) -> None:
    """Not by the kernel's death signal: that one watches the parent, which waits for its forks in turn."""
    select.select([os.pidfd_open(process)], [], [])
    os._exit(1)
