"""What every worker and beat of the harness is forked from: all modules are there, nothing is connected yet.

A start costs a tenth of a second like this, and two from nothing: so many more of them can be killed in the same time.
What then runs is Celery's own command, as `manage.py up` gives it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

import django
import kombu.transport.redis  # noqa: F401
from celery.__main__ import main

from tests.faults import clock

PR_SET_PDEATHSIG = 1

if "DINGADMIN_HOME" in os.environ:
    django.setup()


def celery_command(arguments: Sequence[str], log: str) -> None:
    """Become `celery ARGUMENTS...`. Runs in a fork of its own, and dies with what it was forked from."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(descriptor, number)
    clock.follow()
    sys.argv = ["celery", *arguments]
    main()
