from __future__ import annotations

import socket
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dingadmin.system.readiness import Check, check_beat, check_database, check_redis, check_workers

CHECKS: Final[Mapping[str, Callable[[str], Check]]] = {
    "database": lambda host: check_database(),
    "redis": lambda host: check_redis(),
    "beat": lambda host: check_beat(timezone.now()),
    "workers": lambda host: check_workers(timezone.now(), host=host),
}


class Command(BaseCommand):
    help = "Ends with 0 while all that was asked for is well; without arguments, while messages go out. As /readyz."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(CHECKS)}; default: all")
        parser.add_argument("--here", action="store_true", help="only workers of this machine or container count")

    def handle(self, *, parts: Sequence[str], here: bool, **options: Any) -> None:
        unknown = sorted(set(parts) - set(CHECKS))
        if unknown:
            raise CommandError(f"unknown: {', '.join(unknown)}")
        host = socket.gethostname() if here else ""
        checks = [CHECKS[part](host) for part in parts or CHECKS]
        failed = [describe(check) for check in checks if not check.ok]
        if failed:
            raise CommandError("; ".join(failed))


def describe(check: Check) -> str:
    if check.cause:
        return f"{check.name}: {check.cause}"
    if check.seconds is None:
        return f"{check.name}: no sign of life"
    return f"{check.name}: the last sign of life was {check.seconds:.0f} seconds ago"
