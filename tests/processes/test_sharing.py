"""Every worker process sends, whichever of them took the wake-up."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dingadmin.supervisor.programs import worker
from tests.processes.stack import Stack, fresh_stack
from tests.waiting import wait_for

pytestmark = pytest.mark.processes

# Long enough for the other one to join, and short enough to be over before a lucky wake-up can reach it.
GROUPS = 60
LATENCY_MS = 400

SET_UP = f"""
from dingtalk.secrets import Secret
from audit.actors import SYSTEM
from robots.models import Organisation
from robots.services.robots import create_robot
from simulator.groups import create_group
from simulator.models import Fault
organisation = Organisation.objects.create(name="Sharing", simulated=True, monthly_quota=100000)
for number in range({GROUPS}):
    group = create_group(name=f"shared {{number}}", robot_name="shared", signed=True)
    create_robot(name=f"shared {{number}}", group_name=group.name, organisation=organisation, token=Secret(group.token),
        secret=Secret(group.secret), keywords=[], ip_ranges=[], tags=[], notes="", by=SYSTEM)
Fault.objects.create(kind="latency", delay_ms={LATENCY_MS}, remaining=None)
"""
LIVING = "from messages.models import Worker; print(Worker.objects.count())"
CALLED = """
import json
from messages.models import Attempt
print(json.dumps(sorted(set(Attempt.objects.order_by().values_list("worker", flat=True)))))
"""


@contextmanager
def another_worker(stack: Stack) -> Iterator[None]:
    """A second process, as a second machine would have one."""
    command = [*worker().command, "-n", "another@%h"]
    environment = stack.environment | {"DINGADMIN_PORT": str(stack.port)}  # where the simulator is
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            wait_for(lambda: stack.shell(LIVING) == "2", seconds=60, what="the other worker", log=stack.lines)
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)
    assert process.returncode == 0


def test_every_worker_process_takes_its_part_of_a_run() -> None:
    with fresh_stack(DINGADMIN_SIMULATOR="1", DINGADMIN_SEND_WINDOW="4") as stack:
        stack.start()
        stack.shell(SET_UP)
        with another_worker(stack):
            names = [argument for number in range(GROUPS) for argument in ("--robot", f"shared {number}")]
            done = stack.manage("send", "--text", "Shared", "--json", "--wait", "60", *names)
            assert done.returncode == 0, done.stdout + done.stderr
            assert json.loads(done.stdout)["counts"]["delivered"] == GROUPS
            assert len(json.loads(stack.shell(CALLED))) == 2
        assert stack.shell(LIVING) == "1", "who ends in order leaves no row behind"
