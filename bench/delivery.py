"""Sending against its goals: as fast as the wire, cheap, fair, and in bounded memory. Says where a goal is not met.

    script/bench delivery [--quick] [--database sqlite|postgres|both] [--part NAME] [--sizes N,N] [--windows N,N]

Each part runs on servers and a home of its own, with the product's own worker and beat processes, against a bare
endpoint on this machine. Linux only: CPU and memory come from /proc. See bench/README.md.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from bench.sending.children import child, python
from bench.sending.plan import Asked, Plan, asked
from bench.sending.results import Result, show_results, show_summary
from bench.sending.servers import CEILING, environment

# What a part measures, so that one that breaks leaves a gap that shows.
MEASURED_BY = {
    "speed": ("80ms", "0ms", "cpu"),
    "usual": ("usual",),
    "others": ("apprise", "loop"),
    "large": ("cost", "memory", "rows"),
    "latency": ("now", "fair"),
}


def main() -> None:
    wanted = asked(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    print(_head(wanted), flush=True)
    began = time.monotonic()
    results = list(_measured(wanted))
    show_results(results)
    show_summary(results)
    print(f"Took {(time.monotonic() - began) / 60:.0f} minutes; load at the end {os.getloadavg()[0]:.1f}.", flush=True)


def _head(wanted: Asked) -> str:
    load, cores = os.getloadavg()[0], os.cpu_count()
    lines = [
        f"{cores} cores, {platform.system()}, Python {platform.python_version()}; load at the start {load:.1f}.",
        f"DINGADMIN_ADDRESS_CEILING={CEILING} in all of it: by default the whole installation is held to 400 calls a "
        "second, below DingTalk's own ceiling for an address, and no figure could be above that.",
        "Figures are medians of the rounds, with the lowest and the highest; product and reference take turns.",
    ]
    if load > 0.5:
        lines.append("OTHERS ARE AT WORK on this machine: the figures say little.")
    if wanted.quick:
        lines.append("QUICK: shows that everything works. The numbers are too small to say anything of speed.")
    return "\n".join(lines) + "\n"


def _measured(wanted: Asked) -> Iterator[Result]:
    for database in wanted.databases:
        for part in wanted.parts:
            print(f"{database}: {part} …", file=sys.stderr, flush=True)
            found = [*_part(part, database, wanted.plan)]
            yield from found
            missing = [goal for goal in MEASURED_BY[part] if goal not in {result.goal for result in found}]
            yield from (Result(goal, "", "the part broke off", met=None, database=database) for goal in missing)


def _part(part: str, database: str, plan: Plan) -> Iterator[Result]:
    """What it measured, as far as it came. What it complained of stands on the standard error."""
    command = python("-m", "bench.sending.part", part, plan.to_json())
    with environment(database) as env, child(command, env=env, stdout=subprocess.PIPE) as process:
        timer = threading.Timer(plan.part_seconds, process.terminate)
        timer.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                yield Result.from_json(line).on(database)
            if process.wait():
                print(f"{database}: {part} broke off (status {process.returncode})", file=sys.stderr, flush=True)
        finally:
            timer.cancel()


if __name__ == "__main__":
    main()
