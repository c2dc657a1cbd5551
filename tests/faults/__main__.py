"""The long version: python -m tests.faults --faults 1000 [--database postgres] [--seed N]

`--only` tries one kind by itself: a worker that is killed every second never shows what it would not have got over.

Makes a home, an address for the endpoint and, for PostgreSQL, a server that is started again whenever it dies; then
has a session run in them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.throw_away_servers import free_port, postgres_kept_alive

OURS = ("DINGADMIN_", "DINGTALK_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "FAULTS_")
# Unlike the tests' server it keeps what it has said yes to when it is stopped at once. 40 connections are soon used up.
POSTGRES_OPTIONS = ("fsync=off", "full_page_writes=off", "max_connections=40")
SESSION = "import sys; from tests.faults.__main__ import arguments; from tests.faults import session; "
SESSION += "sys.exit(session.main(arguments()))"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Break a running stack at random moments and check its books.")
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="postgres" if on_postgres else "sqlite")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--groups", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=60.0, help="no further fault after so many")
    parser.add_argument("--least", type=float, default=0.2, help="seconds between two faults")
    parser.add_argument("--most", type=float, default=1.2, help="seconds between two faults")
    parser.add_argument(
        "--gentle", action="store_true", help="endpoint and clock without faults, and no long waits at the end"
    )
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="those faults alone that have these words in their names"
    )
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    return parser.parse_args()


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="dingadmin-faults-"))
    with environment(folder, options.database) as variables:
        command = [sys.executable, "-c", SESSION, *sys.argv[1:], "--seed", str(options.seed)]
        status = subprocess.run(command, env=variables, check=False).returncode
    if status:
        sys.stdout.write(f"The logs are kept in {folder}\n")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return status


@contextlib.contextmanager
def environment(folder: Path, database: str) -> Iterator[Mapping[str, str]]:
    """The variables of a session, whose files lie in the folder."""
    folder.chmod(0o711)  # PostgreSQL's user must reach its own part of it
    home = folder / "home"
    home.mkdir(mode=0o700)
    port, network = free_port(), free_port()
    variables = {name: value for name, value in os.environ.items() if not name.startswith(OURS)} | {
        "DJANGO_SETTINGS_MODULE": "dingadmin.settings",
        "DINGADMIN_HOME": str(home),
        "DINGADMIN_SIMULATOR": "1",
        "DINGADMIN_SIMULATOR_URL": f"http://127.0.0.1:{network}/simulator",
        "DINGADMIN_PORT": str(port),
        "DINGADMIN_LEASE_SECONDS": "20",
        "DINGADMIN_SEND_WINDOW": "4",
        "FAULTS_NETWORK_PORT": str(network),
        "FAULTS_CLOCK": str(home / "clock"),
        "PYTHONUNBUFFERED": "1",
    }
    with contextlib.ExitStack() as stack:
        if database == "postgres":
            server = stack.enter_context(postgres_kept_alive(folder / "postgres", options=POSTGRES_OPTIONS))
            variables["DATABASE_URL"] = server
            variables["FAULTS_POSTGRES_PID_FILE"] = str(folder / "postgres" / "postmaster.pid")
        yield variables


if __name__ == "__main__":
    sys.exit(main())
