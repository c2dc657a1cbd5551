from __future__ import annotations

from abc import abstractmethod
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from robots.imports.mistakes import ImportRefused

REFUSED = 2


class ImportCommand(BaseCommand):
    """Reads the file, tells every mistake on standard error, and ends with 2 when nothing was imported."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            text = _("%(file)s cannot be read: %(cause)s") % {"file": file, "cause": error.strerror}
            raise CommandError(text, returncode=REFUSED) from None
        try:
            summary = self.run(data, **options)
        except ImportRefused as refused:
            self._tell(refused)
        else:
            self.stdout.write(summary)

    @abstractmethod
    def run(self, data: bytes, **options: object) -> str:
        """Import, and say in a sentence what was imported."""

    def _tell(self, refused: ImportRefused) -> None:
        for mistake in refused.mistakes:
            self.stderr.write(str(mistake))
        count = len(refused.mistakes)
        text = ngettext(
            "%(count)d mistake; nothing was imported.", "%(count)d mistakes; nothing was imported.", count
        ) % {"count": count}
        raise CommandError(text, returncode=REFUSED)
