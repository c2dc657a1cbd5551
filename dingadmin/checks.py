"""System checks: settings that would hurt are refused with an id, a sentence, and what to do.

Those that ask the broker or the database run at `up`, at a worker's start and in `manage.py check --deploy`, so that
no other command waits for a server.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils.translation import gettext as _

Apps = Sequence[AppConfig] | None

TAG: Final = "dingadmin"
SHORTEST_SECRET_KEY: Final = 32
SHORTEST_TOKEN: Final = 16
# The longest call (15 seconds, dingtalk.client) and time to record it.
SHORTEST_LEASE_SECONDS: Final = 20


@register(TAG)
def secret_key(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    try:
        key = str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own way to say that it is empty
        key = ""
    if len(key) >= SHORTEST_SECRET_KEY:
        return []
    return [
        Error(
            _("DINGADMIN_SECRET_KEY is missing or shorter than 32 characters: sessions could be forged."),
            hint=_("Set it, or DINGADMIN_SECRET_KEY_FILE, to a long random text that stays the same on all machines."),
            id="dingadmin.E001",
        )
    ]


@register(TAG)
def encryption_keys(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    keys = list(settings.ENCRYPTION_KEYS)
    hint = _("A key is 32 random bytes in URL-safe base64; docs/operations.md shows the command that makes one.")
    if not keys:
        text = _("DINGADMIN_ENCRYPTION_KEYS is missing: tokens and secrets could be neither stored nor read.")
        return [Error(text, hint=hint, id="dingadmin.E002")]
    broken = [number for number, key in enumerate(keys, start=1) if not _is_fernet_key(key)]
    return [
        Error(
            _("Key number %(number)s of DINGADMIN_ENCRYPTION_KEYS cannot be read.") % {"number": number},
            hint=hint,
            id="dingadmin.E003",
        )
        for number in broken
    ]


@register(TAG)
def debug_is_private(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if not settings.DEBUG or (_is_local(urlsplit(settings.PUBLIC_URL).hostname or "") and _is_local(settings.BIND)):
        return []
    return [
        Error(
            _("DINGADMIN_DEBUG is on while others can reach the server: its error pages show settings and data."),
            hint=_("Unset DINGADMIN_DEBUG, or unset DINGADMIN_URL and DINGADMIN_BIND."),
            id="dingadmin.E004",
        )
    ]


@register(TAG)
def simulator_is_embedded(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if settings.EMBEDDED or not settings.DINGADMIN_SIMULATOR:
        return []
    return [
        Error(
            _("The simulator is mounted in production: messages to simulated robots would reach nobody."),
            hint=_("Unset DINGADMIN_SIMULATOR."),
            id="dingadmin.E005",
        )
    ]


@register(TAG)
def lease_outlasts_a_call(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if settings.LEASE_SECONDS >= SHORTEST_LEASE_SECONDS:
        return []
    return [
        Error(
            _("DINGADMIN_LEASE_SECONDS is shorter than the longest call: calls in flight would be taken for lost."),
            hint=_("Set it to %(seconds)s or more.") % {"seconds": SHORTEST_LEASE_SECONDS},
            id="dingadmin.E006",
        )
    ]


@register(TAG)
def sqlite_stays_on_one_machine(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if settings.REDIS_EMBEDDED or connection.vendor != "sqlite":
        return []
    return [
        Warning(
            _("The database is SQLite while the broker can be reached from other machines, which could not see it."),
            hint=_("Run everything on this machine, or set DATABASE_URL to a PostgreSQL server."),
            id="dingadmin.W001",
        )
    ]


@register(TAG)
def dingtalk_is_called_by_tls(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.DINGTALK_BASE_URL)
    if parts.scheme == "https" or _is_local(parts.hostname or ""):
        return []
    return [
        Warning(
            _("DINGTALK_BASE_URL is http: tokens and messages could be read on their way."),
            hint=_("Use an https address for anything but a test on this machine."),
            id="dingadmin.W002",
        )
    ]


@register(TAG)
def public_server_knows_its_name(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if settings.PUBLIC_URL or settings.BIND not in {"0.0.0.0", "::"}:  # noqa: S104
        return []
    return [
        Warning(
            _("The server listens on all addresses but does not know its name: it refuses all but local requests."),
            hint=_("Set DINGADMIN_URL to the address that people type, such as https://dingadmin.example.com."),
            id="dingadmin.W003",
        )
    ]


@register(TAG)
def metrics_can_be_read(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    hint = _("Set DINGADMIN_METRICS_TOKEN, or DINGADMIN_METRICS_TOKEN_FILE, to a long random text.")
    if not settings.METRICS_TOKEN:
        text = _("DINGADMIN_METRICS_TOKEN is not set: no monitoring can read /metrics.")
        return [] if settings.EMBEDDED else [Warning(text, hint=hint, id="dingadmin.W005")]
    if len(settings.METRICS_TOKEN) >= SHORTEST_TOKEN:
        return []
    return [
        Error(
            _("DINGADMIN_METRICS_TOKEN is shorter than 16 characters: it could be guessed."),
            hint=hint,
            id="dingadmin.E011",
        )
    ]


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    """Reachable from this machine alone; an empty host says nothing and counts as that."""
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
