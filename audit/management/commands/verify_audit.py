"""Proves that no entry of the audit log was changed, taken out or put in. Ends with 1 and the entry when one was."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.log import first_broken


class Command(BaseCommand):
    help = "Check the audit log's chain of hashes; ends with 1 and the first broken entry's number."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_broken()
        if broken is not None:
            raise CommandError(f"Entry {broken} is the first that does not follow from the ones before it.")
        self.stdout.write("The audit log is whole: every entry follows from the one before it.")
