"""The product's own worker and beat processes, started with the commands that `manage.py up` uses."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis
from django.conf import settings

from bench.sending.children import child
from bench.sending.endpoints import Endpoint
from bench.sending.processes import cpu_seconds
from bench.sending.servers import POSTGRES_PID
from dingadmin.supervisor.programs import beat, worker
from messages.models import Worker

START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Crew:
    """Workers with a beat. `servers` are the database's and Redis's processes."""

    workers: tuple[int, ...]
    beat: int
    servers: tuple[int, ...]

    def cpu(self) -> float:
        return cpu_seconds([*self.workers, self.beat, *self.servers])


@contextmanager
def crew(endpoint: Endpoint, *, window: int, processes: int) -> Iterator[Crew]:
    """`window` calls in flight in all processes together."""
    env = environment_for(endpoint, window=window // processes)
    with ExitStack() as stack:
        pids = start_workers(stack, env, processes)
        ticking = stack.enter_context(_logged("beat", beat().command, env))
        yield Crew(workers=pids, beat=ticking.pid, servers=server_pids())


def start_workers(stack: ExitStack, env: Mapping[str, str], count: int, *options: str) -> tuple[int, ...]:
    """Ready for tasks. `options` come behind those of `manage.py up`, and so overrule them."""
    name = options[1] if options else "worker"
    commands = [(*worker().command, *options, "-n", f"{name}{number}@%h") for number in range(count)]
    started = [stack.enter_context(_logged(f"{name}{number}", command, env)) for number, command in enumerate(commands)]
    _wait_for_workers(started)
    return tuple(process.pid for process in started)


def environment_for(endpoint: Endpoint, *, window: int) -> dict[str, str]:
    called = {"DINGTALK_BASE_URL": endpoint.url, "DINGADMIN_SEND_WINDOW": str(window)}
    return {**os.environ, **called, **({"DINGTALK_CA_FILE": endpoint.ca_file} if endpoint.ca_file else {})}


@contextmanager
def _logged(name: str, command: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with log_of(name).open("w") as log, child(command, env=env, **_output(log)) as process:
        yield process


def log_of(name: str) -> Path:
    return Path(settings.HOME.path) / f"{name}.log"


def _output(log: Any) -> dict[str, Any]:
    return {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}


def _wait_for_workers(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Until each has given its first sign of life, which it does when it takes tasks."""
    deadline = time.monotonic() + START_SECONDS
    missing = {process.pid for process in processes}
    while missing:
        if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
            logs = "\n".join(path.read_text() for path in Path(settings.HOME.path).glob("*.log"))
            raise RuntimeError(f"the workers did not start\n{logs[-4000:]}")
        time.sleep(0.05)
        missing -= {int(name.rpartition(":")[2]) for name in Worker.objects.values_list("name", flat=True)}


def server_pids() -> tuple[int, ...]:
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        broker = int(connection.info("server")["process_id"])
    database = os.environ.get(POSTGRES_PID)
    return (broker, int(database)) if database else (broker,)
