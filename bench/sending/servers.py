"""What a part runs on: a home, a database and a Redis server of its own, which end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from dingadmin.home import new_encryption_key, new_secret_key
from dingadmin.supervisor.embedded_redis import binary
from tests.throw_away_servers import START_SECONDS, postgres, redis_server, running

OURS: Final = ("DINGADMIN_", "DINGTALK_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
# Unlike the tests' server it syncs its files, as a real one does: figures without that would flatter.
POSTGRES_OPTIONS: Final = ("max_connections=200",)
POSTGRES_PID: Final = "BENCH_POSTGRES_PID"
# Above what any machine sends, so that the pump is measured and not the ceiling (400 a second by default).
CEILING: Final = 100_000


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="dingadmin-delivery-", ignore_cleanup_errors=True)


@contextmanager
def environment(database: str) -> Iterator[dict[str, str]]:
    """The variables under which everything of one part runs."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_temporary_folder()))
        folder.chmod(0o711)  # PostgreSQL's user must reach its own part of it
        variables = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        variables |= {
            "DJANGO_SETTINGS_MODULE": "dingadmin.settings",
            "DINGADMIN_HOME": str(folder / "home"),
            "DINGADMIN_SIMULATOR": "0",
            "DINGADMIN_SECRET_KEY": new_secret_key(),
            "DINGADMIN_ENCRYPTION_KEYS": new_encryption_key(),
            "DINGADMIN_ADDRESS_CEILING": str(CEILING),
        }
        (folder / "home").mkdir(mode=0o700)
        if database == "sqlite":
            variables["REDIS_URL"] = stack.enter_context(_embedded_redis(folder / "home" / "redis.sock"))
        else:
            data = folder / "postgres"
            variables["REDIS_URL"] = stack.enter_context(redis_server(folder))
            variables["DATABASE_URL"] = stack.enter_context(postgres(data, options=POSTGRES_OPTIONS))
            variables[POSTGRES_PID] = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]
        yield variables


@contextmanager
def _embedded_redis(socket: Path) -> Iterator[str]:
    """The server of the embedded mode, on a socket as there."""
    options = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(socket.parent))
    with running([str(binary()), *options], stop=signal.SIGTERM, stdout=subprocess.DEVNULL):
        url = f"unix://{socket}?db=0"
        deadline = time.monotonic() + START_SECONDS
        while not socket.exists():
            if time.monotonic() > deadline:
                raise SystemExit("The embedded Redis did not start.")
            time.sleep(0.02)
        yield url
