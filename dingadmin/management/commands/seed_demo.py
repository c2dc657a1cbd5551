from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.actors import command_actor
from dingadmin.demo import seed_demo


class Command(BaseCommand):
    help = "Make the demo: simulated groups with robots, recipients and drafts. Does nothing when it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DINGADMIN_SIMULATOR:
            raise CommandError("The simulator is not mounted: set DINGADMIN_SIMULATOR=1.")
        made = seed_demo(by=command_actor("seed_demo"))
        self.stderr.write("The demo is made." if made else "The demo is there already.")
