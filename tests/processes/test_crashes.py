"""What a real crash leaves behind: everything ends, nothing is lost, nothing is sent twice under a new msgUuid."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.processes.stack import Stack, fresh_stack
from tests.waiting import wait_for

pytestmark = pytest.mark.processes

GROUPS = 200
LATENCY_MS = 300

SET_UP = f"""
from django.utils import timezone
from dingtalk.secrets import Secret
from audit.actors import SYSTEM
from robots.models import Organisation
from robots.services.robots import create_robot
from simulator.groups import create_group
from simulator.models import Fault
organisation = Organisation.objects.create(name="Crash test", simulated=True, monthly_quota=100000)
for number in range({GROUPS}):
    group = create_group(name=f"crash {{number}}", robot_name="crash", signed=True)
    create_robot(name=f"crash {{number}}", group_name=group.name, organisation=organisation, token=Secret(group.token),
        secret=Secret(group.secret), keywords=[], ip_ranges=[], tags=[], notes="", by=SYSTEM)
Fault.objects.create(kind="latency", delay_ms={LATENCY_MS}, remaining=None)
"""

SEEN = """
import json
from simulator.models import ChatMessage, LoggedCall
messages = ChatMessage.objects.filter(group__name__startswith="crash").values_list("group__name", "msg_uuid")
logged = LoggedCall.objects.filter(group__name__startswith="crash").select_related("group")
calls = [(call.group.name, json.loads(bytes(call.body)).get("msgUuid")) for call in logged]
print(json.dumps({"messages": list(messages), "calls": calls}))
"""


@pytest.fixture
def stack() -> Iterator[Stack]:
    # A lease of 20 s is the least that is allowed: a test should not wait longer than it must for a lost call.
    with fresh_stack(DINGADMIN_SIMULATOR="1", DINGADMIN_LEASE_SECONDS="20", DINGADMIN_SEND_WINDOW="8") as stack:
        stack.start()
        stack.shell(SET_UP)
        yield stack


def start_run(stack: Stack) -> int:
    names = [argument for number in range(GROUPS) for argument in ("--robot", f"crash {number}")]
    done = stack.manage("send", "--text", "Crash test", "--json", *names)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(json.loads(done.stdout)["run"])


def delivered(report: dict[str, Any]) -> int:
    return int(report["counts"].get("delivered", 0))


def in_the_middle(stack: Stack, run: int) -> None:
    wait_for(lambda: delivered(stack.report(run)) >= 10, seconds=60, what="the first deliveries", log=stack.lines)
    assert delivered(stack.report(run)) < GROUPS, "the run was over before anything could be broken"


def wait_for_the_end(stack: Stack, run: int) -> dict[str, Any]:
    report: dict[str, Any] = {}

    def ended() -> bool:
        report.update(stack.report(run))
        counts = Counter(report["counts"])
        return counts["waiting"] + counts["sending"] == 0 and delivered(report) + counts["failed"] == GROUPS

    wait_for(ended, seconds=120, what="the end of the run", log=stack.lines)
    return report


def assert_nothing_lost_or_doubled(stack: Stack, report: dict[str, Any]) -> None:
    seen = json.loads(stack.shell(SEEN))
    uuids = {delivery["robot"]: delivery["msg_uuid"] for delivery in report["deliveries"]}
    assert delivered(report) == GROUPS
    assert Counter(group for group, _uuid in seen["messages"]) == Counter(dict.fromkeys(uuids, 1))
    for group, msg_uuid in [*seen["messages"], *seen["calls"]]:
        assert msg_uuid == uuids[group], f"{group} was called under another msgUuid"


def kill_the_worker(stack: Stack) -> None:
    assert stack.kill("dingadmin worker"), "there was no worker to kill"


def kill_everything(stack: Stack) -> None:
    """A power cut: web, worker, beat and Redis at once, and the parent with them; then a new start."""
    assert stack.pids("dingadmin worker"), "there was no worker to kill"
    stack.process.kill()
    stack.process.wait()
    wait_for(lambda: not stack.pids("dingadmin"), seconds=20, what="an empty process table")
    stack.lines.clear()
    stack.start()


def flush_redis(stack: Stack) -> None:
    stack.flush_redis()


@pytest.mark.parametrize("crash", [kill_the_worker, flush_redis, kill_everything])
def test_a_run_of_200_survives(stack: Stack, crash: Callable[[Stack], None]) -> None:
    run = start_run(stack)
    in_the_middle(stack, run)
    crash(stack)
    report = wait_for_the_end(stack, run)
    assert_nothing_lost_or_doubled(stack, report)
