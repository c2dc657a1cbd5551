"""The commands of the three parts that run beside Redis. docker-compose.yml runs the same ones."""

from __future__ import annotations

import sys
from typing import Final

from dingadmin.supervisor.children import Program

PYTHON: Final = sys.executable
WEB: Final = ("-m", "gunicorn", "-c", "python:dingadmin.gunicorn")
WORKER: Final = (
    "-m",
    "celery",
    "-q",
    "-A",
    "dingadmin",
    "worker",
    "-Q",
    "ticks,deliveries",
    "-P",
    "threads",
    "-c",
    "4",
)
WORKER_OPTIONS: Final = ("--without-gossip", "--without-mingle", "-l", "INFO")
# The schedule stands in the settings: beat keeps none of its own in a file, and needs no pid file.
BEAT: Final = (
    "-m",
    "celery",
    "-q",
    "-A",
    "dingadmin",
    "beat",
    "-S",
    "celery.beat:Scheduler",
    "--pidfile=",
    "-l",
    "INFO",
)


def web(host: str, port: int) -> Program:
    return Program("web", (PYTHON, *WEB, "--bind", f"{bracketed(host)}:{port}"), patience=10)


def worker() -> Program:
    # It ends when the calls in flight have ended, which takes 15 seconds at most.
    return Program("worker", (PYTHON, *WORKER, *WORKER_OPTIONS), patience=20)


def beat() -> Program:
    return Program("beat", (PYTHON, *BEAT), patience=5)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
