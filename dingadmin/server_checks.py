"""System checks that ask the database and the broker: can they be reached, and do all clocks agree?"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Final

import redis
from celery.signals import celeryd_after_setup
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from dingadmin.checks import TAG, Apps

OLDEST_REDIS: Final = (6, 2)  # what kombu needs
CLOCK_ERROR_SECONDS: Final = 60
CLOCK_WARNING_SECONDS: Final = 5

logger = logging.getLogger(__name__)


@celeryd_after_setup.connect
def refuse_to_work(**_signal: object) -> None:
    """A worker that cannot do its work rightly does none: it ends, and is started again until it can."""
    found = run_checks(tags=[TAG], include_deployment_checks=True)
    for message in found:
        logger.log(message.level, "%s", message)
    if any(message.is_serious() for message in found):
        raise SystemExit(1)


@register(TAG, deploy=True)
def broker(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_OPTIONS) as client:
            version = str(client.info("server")["redis_version"])
            seconds, microseconds = client.time()
    except (redis.RedisError, OSError) as error:
        # The class alone: the text of some of its errors holds the URL, and so the password.
        return [
            Error(
                _("The broker cannot be reached or refuses us (%(error)s): nothing would be sent.")
                % {"error": type(error).__name__},
                hint=_("Start Redis, or correct REDIS_URL. Without REDIS_URL, `manage.py up` starts one itself."),
                id="dingadmin.E007",
            )
        ]
    clock = _compare(datetime.fromtimestamp(seconds + microseconds / 1e6, UTC), "Redis")
    return [*_too_old(version), *([] if settings.REDIS_EMBEDDED else clock)]


@register(TAG, deploy=True)
def database_clock(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return _compare(cursor.fetchone()[0], "PostgreSQL")
    except DatabaseError as error:
        return [
            Error(
                _("The database cannot be reached or refuses us (%(error)s).") % {"error": type(error).__name__},
                hint=_("Start PostgreSQL, or correct DATABASE_URL."),
                id="dingadmin.E008",
            )
        ]


def _too_old(version: str) -> list[CheckMessage]:
    if tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_REDIS:
        return []
    return [
        Error(
            _("Redis %(version)s is too old.") % {"version": version},
            hint=_("Use Redis 6.2 or newer, or Valkey."),
            id="dingadmin.E009",
        )
    ]


def _compare(theirs: datetime, server: str) -> list[CheckMessage]:
    seconds = round(abs((timezone.now() - theirs).total_seconds()))
    if seconds <= CLOCK_WARNING_SECONDS:
        return []
    values = {"seconds": seconds, "server": server}
    text = _("This machine's clock and that of %(server)s are %(seconds)s seconds apart.") % values
    hint = _(
        "Let both machines set their clocks by NTP: messages would go out early or late, and signatures be refused."
    )
    if seconds > CLOCK_ERROR_SECONDS:
        return [Error(text, hint=hint, id="dingadmin.E010")]
    return [Warning(text, hint=hint, id="dingadmin.W004")]
