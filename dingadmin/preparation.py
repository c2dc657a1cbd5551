"""Makes an installation ready to run: tables, roles, and on a fresh embedded start the first administrator."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from io import StringIO
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction

from audit.actors import command_actor
from audit.log import record
from dingadmin.roles import make_missing_roles
from robots.organisations import default_organisation

FIRST_ADMINISTRATOR: Final = "admin"
DEMO_COMMAND: Final = "seed_demo"


@dataclass(frozen=True, slots=True)
class Administrator:
    """Just made; the password is known here and nowhere else."""

    name: str
    password: str = field(repr=False)


def demo_is_due() -> bool:
    """A fresh embedded home, and nobody said whether to mount the simulator: the start has something to show."""
    undecided = not settings.ENV.text("DINGADMIN_SIMULATOR") and not settings.HOME.demo_marker.exists()
    fresh = settings.DATABASE_EMBEDDED and not settings.HOME.database.exists()
    return settings.EMBEDDED and undecided and fresh


def mark_demo() -> None:
    """Mount the simulator from the next reading of the settings on."""
    settings.HOME.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.HOME.demo_marker.touch(mode=0o600)


def prepare() -> Administrator | None:
    """Idempotent. Returns the first administrator when this call made one."""
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, interactive=False, verbosity=0, skip_checks=True)
    make_missing_roles()
    default_organisation()
    return _first_start() if settings.EMBEDDED else None


@transaction.atomic
def _first_start() -> Administrator | None:
    """Both or neither: a first start that broke off is a first start again."""
    users = get_user_model().objects
    if users.exists():
        return None
    if settings.DINGADMIN_SIMULATOR and settings.HOME.demo_marker.exists():
        # The command and not its function: that one can be imported only while the simulator is mounted.
        call_command(DEMO_COMMAND, stderr=StringIO())
    password = secrets.token_urlsafe(12)
    user = users.create_superuser(FIRST_ADMINISTRATOR, password=password)
    record("user.created", by=command_actor("setup"), target=user, detail={"administrator": True})
    return Administrator(FIRST_ADMINISTRATOR, password)
