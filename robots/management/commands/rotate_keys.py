from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from audit.actors import command_actor
from robots.encryption import newest_key_id
from robots.services.keys import keys_in_use, rotate_keys


class Command(BaseCommand):
    help = (
        "Re-encrypts all webhooks and secrets under the first of DINGADMIN_ENCRYPTION_KEYS. "
        "May be interrupted and started again; the stack may run meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=200, metavar="N", help="robots per transaction (200)")

    def handle(self, *, batch: int, **options: object) -> None:
        rotated = unreadable = 0
        for done in rotate_keys(by=command_actor("rotate_keys"), batch_size=batch):
            rotated += done.rotated
            unreadable += len(done.unreadable)
            for failure in done.unreadable:
                self.stderr.write(f"{failure.robot.name}: {failure.cause}")
            self.stdout.write(f"{rotated} robots re-encrypted")
        self._report_keys()
        if unreadable:
            raise CommandError(f"{unreadable} robots could not be re-encrypted: do not remove any key yet.")

    def _report_keys(self) -> None:
        newest = newest_key_id()
        in_use = keys_in_use()
        for key_id, count in sorted(in_use.items(), key=lambda pair: pair[0] != newest):
            mark = " (newest)" if key_id == newest else ""
            self.stdout.write(f"Key {key_id}{mark}: {count} values")
        if set(in_use) <= {newest}:
            self.stdout.write("Older keys are no longer needed.")
