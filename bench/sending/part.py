"""Measures one part on the servers that the environment names: python -m bench.sending.part NAME PLAN

Prints one line of JSON per result, as soon as it is known.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module

import django


def main(name: str, plan_json: str) -> None:
    # What was started must end with us, in order.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    django.setup()
    # They read settings, which are there only now.
    plan = import_module("bench.sending.plan").Plan.from_json(plan_json)
    prepare = import_module("dingadmin.preparation").prepare
    prepare()
    for result in import_module(f"bench.sending.parts.{name}").measure(plan):
        print(result.to_json(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
