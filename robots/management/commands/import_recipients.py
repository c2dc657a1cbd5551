from __future__ import annotations

from audit.actors import command_actor
from robots.imports.recipients import import_recipients
from robots.imports.summaries import recipients_summary
from robots.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports recipients from a CSV file with the columns name, mobile, user_id, lists. "
        "Several lists in a cell are separated by semicolons. All of the file is imported, or nothing."
    )

    def run(self, data: bytes, **options: object) -> str:
        return recipients_summary(import_recipients(data, by=command_actor("import_recipients")))
