"""The long version: python -m tests.faults --faults 1000

On PostgreSQL: python -m tests.throw_away_servers python -m tests.faults --faults 1000
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.faults.harness import Harness  # noqa: E402
from tests.processes.stack import fresh_stack  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description="Break a running stack at random moments and check its books.")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--groups", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    say(f"seed {options.seed}")
    started = time.monotonic()
    variables = {"DINGADMIN_SIMULATOR": "1", "DINGADMIN_LEASE_SECONDS": "20"}
    with fresh_stack(**variables) as stack:
        stack.start()
        harness = Harness(stack, random.Random(options.seed), groups=options.groups)
        harness.set_up()
        harness.run(faults=options.faults)
        harness.settle(seconds=3600)
        ledger = harness.ledger()
    for name, count in sorted(harness.done.items()):
        say(f"{count:6d}  {name}")
    for name, count in ledger.figures().items():
        say(f"{count:6d}  {name}")
    say(f"{time.monotonic() - started:6.0f}  seconds")
    broken = ledger.broken_promises()
    say(f"{len(broken):6d}  promises broken")
    for sentence in broken:
        say(f"        {sentence}")
    return 1 if broken else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
