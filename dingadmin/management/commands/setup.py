from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dingadmin.checks import TAG
from dingadmin.preparation import demo_is_due, mark_demo, prepare


class Command(BaseCommand):
    help = "Makes the database ready: tables, roles and, in an empty embedded home, the first administrator."

    def handle(self, *args: object, **options: Any) -> None:
        if demo_is_due():
            mark_demo()
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
        if not settings.EMBEDDED:
            self.check(tags=[TAG], include_deployment_checks=True)
        administrator = prepare()
        if administrator is not None:
            self.stdout.write(f"User: {administrator.name}\nPassword: {administrator.password}")
