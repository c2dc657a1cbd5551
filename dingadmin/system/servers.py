"""What Redis, the database and the disk tell of themselves."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from dingadmin.system.readiness import REDIS_PATIENCE


@dataclass(frozen=True, slots=True)
class RedisState:
    version: str
    used_bytes: int
    most_bytes: int  # 0: no limit
    eviction: str  # what it throws away when that is reached
    clock_ahead: float  # of ours, in seconds
    answered_in: float  # seconds

    @property
    def may_forget(self) -> bool:
        return bool(self.most_bytes) and self.eviction != "noeviction"


@dataclass(frozen=True, slots=True)
class Refused:
    """No answer; the class of the error alone, whose text may hold a password."""

    error: str


@dataclass(frozen=True, slots=True)
class SqliteState:
    version: str
    path: str
    bytes: int
    log_bytes: int  # of the write-ahead log
    journal: str


@dataclass(frozen=True, slots=True)
class PostgresState:
    version: str
    bytes: int
    connections: int
    most_connections: int
    clock_ahead: float


@dataclass(frozen=True, slots=True)
class Disk:
    path: str
    free_bytes: int
    bytes: int


def ask_redis() -> RedisState | Refused:
    started = time.monotonic()
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **{**settings.REDIS_OPTIONS, **REDIS_PATIENCE}) as client:
            seconds, microseconds = client.time()
            answered_in = time.monotonic() - started
            told = client.info("server", "memory")
    except (redis.RedisError, OSError) as error:
        return Refused(type(error).__name__)
    return RedisState(
        version=_name_and_version(told),
        used_bytes=int(told["used_memory"]),
        most_bytes=int(told["maxmemory"]),
        eviction=str(told["maxmemory_policy"]),
        clock_ahead=_ahead(datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)),
        answered_in=answered_in,
    )


def ask_database() -> SqliteState | PostgresState:
    return _ask_postgres() if connection.vendor == "postgresql" else _ask_sqlite()


def ask_disk(folder: Path) -> Disk:
    usage = shutil.disk_usage(folder)
    return Disk(str(folder), free_bytes=usage.free, bytes=usage.total)


def _name_and_version(told: Mapping[str, Any]) -> str:
    """Valkey calls itself a Redis 7.2 besides, for programs that ask for it."""
    valkey = told.get("valkey_version")
    return f"Valkey {valkey}" if valkey else f"Redis {told['redis_version']}"


def _ask_postgres() -> PostgresState:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()), clock_timestamp(),"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL),"
            " current_setting('max_connections')::int"
        )
        version, size, clock, connections, most = cursor.fetchone()
    return PostgresState(f"PostgreSQL {version}", size, connections, most, _ahead(clock))


def _ask_sqlite() -> SqliteState:
    path = Path(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0]
        cursor.execute("PRAGMA journal_mode")
        journal = cursor.fetchone()[0]
    log = path.with_name(f"{path.name}-wal")
    return SqliteState(f"SQLite {version}", str(path), _size(path), _size(log), str(journal))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _ahead(theirs: datetime) -> float:
    return (timezone.now() - theirs).total_seconds()
