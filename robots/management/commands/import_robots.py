from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from audit.actors import command_actor
from robots.imports.robots import import_robots
from robots.imports.summaries import robots_summary
from robots.management.importing import REFUSED, ImportCommand
from robots.models import Organisation
from robots.organisations import default_organisation


class Command(ImportCommand):
    help = (
        "Imports robots from a CSV file with the columns name, webhook, secret, keywords, ip_ranges, tags, group, "
        "variables, footer. "
        "Several values in a cell are separated by semicolons. All of the file is imported, or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--organisation", metavar="NAME", help="whose robots they are (the oldest organisation)")

    def run(self, data: bytes, **options: object) -> str:
        organisation = _organisation(str(options["organisation"] or ""))
        return robots_summary(import_robots(data, organisation=organisation, by=command_actor("import_robots")))


def _organisation(name: str) -> Organisation:
    if not name:
        return default_organisation()
    organisation = Organisation.objects.filter(name=name).first()
    if organisation is None:
        raise CommandError(_("There is no organisation “%(name)s”.") % {"name": name}, returncode=REFUSED)
    return organisation
