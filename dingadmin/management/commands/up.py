from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dingadmin.supervisor.errors import StartRefusedError
from dingadmin.supervisor.output import Output
from dingadmin.supervisor.up import run


class Command(BaseCommand):
    help = "Runs all of DingAdmin: web, worker, beat and, when REDIS_URL is not set, a Redis server of its own."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT, help="the web server's port")

    def handle(self, *args: object, port: int, **options: Any) -> None:
        try:
            run(host=settings.BIND, port=port, output=Output(sys.stdout.buffer))
        except StartRefusedError as error:
            raise CommandError(str(error)) from None
