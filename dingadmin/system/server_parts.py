"""The servers beneath: Redis, the database, their clocks, and the disk of the home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dingadmin.server_checks import CLOCK_ERROR_SECONDS, CLOCK_WARNING_SECONDS
from dingadmin.system.parts import ATTENTION, BROKEN, Fact, Finding, Part
from dingadmin.system.servers import (
    PostgresState,
    RedisState,
    Refused,
    SqliteState,
    ask_database,
    ask_disk,
    ask_redis,
)

MOST_CONNECTIONS_PERCENT: Final = 80
LITTLE_SPACE: Final = 2_000_000_000
NO_SPACE: Final = 200_000_000


def server_parts() -> list[Part]:
    redis_state, database = ask_redis(), ask_database()
    return [_redis(redis_state), _database(database), _clocks(redis_state, database), _disk()]


def _redis(state: RedisState | Refused) -> Part:
    title = "Redis"
    if isinstance(state, Refused):
        advice = _("Redis does not answer (%(error)s): nothing is sent until it does. Start it, or correct REDIS_URL.")
        return Part("redis", title, [Fact(_("Answer"), None)], [Finding(BROKEN, advice % {"error": state.error})])
    used = filesizeformat(state.used_bytes)
    if state.most_bytes:
        values = {"used": used, "most": filesizeformat(state.most_bytes)}
        used = _("%(used)s of %(most)s") % values
    facts = [
        Fact(_("Version"), state.version),
        Fact(_("Answers in"), _("%(count)s ms") % {"count": f"{state.answered_in * 1000:.1f}"}),
        Fact(_("Memory"), used),
    ]
    findings = []
    if state.may_forget:
        advice = _("Redis throws things away when its memory is full: set its maxmemory-policy to noeviction.")
        findings.append(Finding(ATTENTION, advice))
    return Part("redis", title, facts, findings)


def _database(state: SqliteState | PostgresState) -> Part:
    title = _("Database")
    facts = [Fact(_("Version"), state.version), Fact(_("Size"), filesizeformat(state.bytes))]
    findings = []
    if isinstance(state, PostgresState):
        values = {"count": state.connections, "most": state.most_connections}
        facts.append(Fact(_("Connections"), _("%(count)d of %(most)d") % values))
        if state.connections * 100 >= state.most_connections * MOST_CONNECTIONS_PERCENT:
            advice = _("Almost all connections are taken: run fewer workers, or raise max_connections.")
            findings.append(Finding(ATTENTION, advice))
        return Part("database", title, facts, findings)
    facts += [Fact(_("File"), state.path), Fact(_("Write-ahead log"), filesizeformat(state.log_bytes))]
    if state.journal != "wal":
        advice = _("Without a write-ahead log pages and workers block one another: keep the database on a local disk.")
        findings.append(Finding(ATTENTION, advice))
    return Part("database", title, facts, findings)


def _clocks(redis_state: RedisState | Refused, database: SqliteState | PostgresState) -> Part:
    ahead = {}
    if isinstance(redis_state, RedisState) and not settings.REDIS_EMBEDDED:
        ahead["Redis"] = redis_state.clock_ahead
    if isinstance(database, PostgresState):
        ahead["PostgreSQL"] = database.clock_ahead
    facts = [
        Fact(_("Ahead of %(server)s by") % {"server": server}, _("%(count)s s") % {"count": f"{seconds:.1f}"})
        for server, seconds in ahead.items()
    ]
    findings = [finding for seconds in ahead.values() for finding in _clock_findings(abs(seconds))]
    unused = "" if ahead else _("No server that answers has a clock other than this machine's.")
    return Part("clocks", _("Clocks"), facts, findings, unused)


def _clock_findings(seconds: float) -> Iterator[Finding]:
    if seconds <= CLOCK_WARNING_SECONDS:
        return
    advice = _("Let all machines set their clocks by NTP: messages go out early or late, and signatures are refused.")
    yield Finding(BROKEN if seconds > CLOCK_ERROR_SECONDS else ATTENTION, advice)


def _disk() -> Part:
    title = _("Disk")
    if not settings.DATABASE_EMBEDDED:
        return Part("disk", title, [], unused=_("All data lies on the database server: look after its disk there."))
    disk = ask_disk(settings.HOME.path)
    values = {"free": filesizeformat(disk.free_bytes), "all": filesizeformat(disk.bytes)}
    facts = [Fact(pgettext("folder", "Home"), disk.path), Fact(_("Free"), _("%(free)s of %(all)s") % values)]
    findings = []
    if disk.free_bytes < LITTLE_SPACE:
        advice = _("The disk is almost full: without space nothing can be stored, and so nothing sent. Make room.")
        findings.append(Finding(BROKEN if disk.free_bytes < NO_SPACE else ATTENTION, advice))
    return Part("disk", title, facts, findings)
