"""One session of faults, in the environment that __main__.py made for it."""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingadmin.settings")
django.setup()

from django.db import connection  # noqa: E402

from dingadmin.preparation import prepare  # noqa: E402
from tests.faults import clock  # noqa: E402
from tests.faults.crew import make_crew  # noqa: E402
from tests.faults.harness import Harness  # noqa: E402
from tests.faults.ledger import Ledger  # noqa: E402
from tests.faults.network import Network  # noqa: E402
from tests.faults.rounds import set_up  # noqa: E402

SETTLE_SECONDS = 1800.0
GENTLE_SETTLE_SECONDS = 300.0
SHOWN = 100


def main(options: argparse.Namespace) -> int:
    say(f"seed {options.seed}, {connection.vendor}")
    broken_threads = watch_threads()
    chance = random.Random(options.seed)
    started = time.monotonic()
    prepare()
    clock.put_right()
    set_up(groups=options.groups, endpoint_faults=not options.gentle)
    port = int(os.environ["DINGADMIN_PORT"])
    network = Network(port, random.Random(chance.random()), port=int(os.environ["FAULTS_NETWORK_PORT"]))
    harness = Harness(make_crew(endpoint_port=port), network, chance, options.groups, say, options.only)
    with harness.running():
        until = started + options.minutes * 60
        breaking = time.monotonic()
        gaps = (options.least, options.most)
        harness.run(faults=options.faults, until=until, gaps=gaps, clock_faults=clock_faults(options))
        broken_for = time.monotonic() - breaking
        patience = GENTLE_SETTLE_SECONDS if options.gentle else SETTLE_SECONDS
        harness.settle(seconds=patience, in_a_hurry=options.gentle)
        ledger = harness.ledger()
    report(harness, ledger, broken_for, time.monotonic() - started)
    return 1 if ledger.broken_promises() or broken_threads else 0


def clock_faults(options: argparse.Namespace) -> int:
    """How many of the faults come in that part of the session in which the clock jumps, too."""
    if options.only:
        return int(options.faults) if options.only.startswith("clock") else 0
    return 0 if options.gentle else options.faults // 5


def watch_threads() -> list[str]:
    """The names of those that end by an error, which is the harness's own mistake: nothing was tried without them."""
    broken: list[str] = []

    def note(arguments: threading.ExceptHookArgs) -> None:
        broken.append(arguments.thread.name if arguments.thread else "?")
        say(f"the thread {broken[-1]} of the harness broke")
        threading.__excepthook__(arguments)

    threading.excepthook = note
    return broken


def report(harness: Harness, ledger: Ledger, broken_for: float, seconds: float) -> None:
    say("| faults | |\n|---|---|")
    for name, count in sorted(harness.breaks.done.items()):
        row(name, count)
    row("**all**", sum(harness.breaks.done.values()))
    row("processes killed", harness.breaks.kills)
    row("kills of workers that were amid calls", harness.breaks.kills_amid_calls)
    say("\n| what came of it | |\n|---|---|")
    for name, count in ledger.figures().items():
        row(name, count)
    row("minutes of faults", round(broken_for / 60))
    row("minutes until all had ended", round(seconds / 60))
    broken = ledger.broken_promises()
    row("**promises broken**", len(broken))
    for sentence in broken[:SHOWN]:
        say(f"BROKEN: {sentence}")


def row(name: str, count: int) -> None:
    say(f"| {name} | {count:,} |")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
