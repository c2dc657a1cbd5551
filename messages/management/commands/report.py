from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from messages.management.arguments import Refusal
from messages.management.sent import refused_as_json
from messages.management.wording import attempt_lines, counts_line, delivery_line, refusal_line
from messages.models import Run
from messages.reporting import counts_of, deliveries_of, report_of, resends_of
from messages.schedule.wall_times import clock

REFUSED: Final = 2


class Command(BaseCommand):
    help = "Tells what became of a run: counts by status, and each delivery with its attempts. Ends with 2 without one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", metavar="RUN", help="the run's number, as `send` tells it")
        parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON object and nothing else")

    def handle(self, *, run: str, as_json: bool, **options: object) -> None:
        found = _run_numbered(run)
        if found is None:
            self._refuse(run, as_json=as_json)
            raise SystemExit(REFUSED)
        if as_json:
            self.stdout.write(json.dumps(report_of(found)))
            return
        for line in _lines(found):
            self.stdout.write(line)

    def _refuse(self, number: str, *, as_json: bool) -> None:
        refusal = Refusal("unknown_run", _("There is no run %(number)s.") % {"number": number[:50]})
        if as_json:
            self.stdout.write(json.dumps(refused_as_json([refusal])))
        else:
            self.stderr.write(refusal_line(refusal))


def _run_numbered(number: str) -> Run | None:
    # Past 18 digits no database could hold it, and would say so with an error of its own.
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    return Run.objects.select_related("broadcast").filter(pk=int(number)).first()


def _lines(run: Run) -> Iterator[str]:
    yield _("Run %(run)d of broadcast %(broadcast)d “%(name)s”, planned for %(time)s") % {
        "run": run.pk,
        "broadcast": run.broadcast_id,
        "name": run.broadcast.name,
        "time": clock(run.planned_at, ZoneInfo(run.broadcast.zone)),
    }
    if run.resend_of_id:
        yield _("It sends again what run %(run)d could not deliver.") % {"run": run.resend_of_id}
    for later in resends_of(run):
        yield _("Run %(run)d sends again what it could not deliver.") % {"run": later}
    yield counts_line(counts_of(run))
    for delivery in deliveries_of(run):
        yield delivery_line(delivery)
        yield from attempt_lines(delivery)
