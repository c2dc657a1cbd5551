"""Sends per second: one run to many robots, and the same calls by a plain loop over `requests`, in turns.

    script/bench broadcast [--robots N] [--rounds N]

A run is measured from its launch to the end of its last delivery, as the rows have it. The loop is what people write
first: one session, sign, post, look at errcode. It makes the same signed calls with the same bodies to the same
endpoint, and stops after ten seconds: its speed does not depend on how many there are.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# isort: split
# Before everything that reads settings: it sets Django up on a throw-away home.
from bench.stack import bare_endpoint, running_stack

# isort: split
import requests
from django.db import transaction
from django.db.models import Max

from audit.actors import SYSTEM
from bench.tables import show
from dingtalk.payloads import At, Text, build, with_msg_uuid
from dingtalk.secrets import Secret
from dingtalk.webhook import send_url
from messages.models import Broadcast, Delivery, DeliveryStatus
from messages.services.launch import launch
from robots.endpoints import target_of
from robots.models import Organisation, Robot
from robots.services.robots import create_robot
from simulator.groups import create_group
from simulator.models import Knobs

LOOP_SECONDS: Final = 10.0
RUN_SECONDS: Final = 300.0
TEXT: Final = "Fire drill at three. Leave by the nearest stairs, wait in the car park. 消防演习 15:00 开始。"


@dataclass(frozen=True, slots=True)
class Place:
    """Who answers, and after how long."""

    name: str
    delay_ms: int
    simulated: bool


PLACES: Final = (
    Place("simulator", delay_ms=0, simulated=True),
    Place("simulator", delay_ms=50, simulated=True),
    Place("bare endpoint", delay_ms=50, simulated=False),
)


@dataclass(frozen=True, slots=True)
class Round:
    run: float  # sends per second
    loop: float

    @property
    def ratio(self) -> float:
        return self.run / self.loop


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--robots", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    with running_stack():
        _make_robots(asked.robots)
        measured = [(place, _measure(place, rounds=asked.rounds)) for place in PLACES]
    headings = ("answered by", "delay", "robots", "DingAdmin, sends/s", "plain loop, sends/s", "ratio")
    show(headings, [_row(place, rounds, asked.robots) for place, rounds in measured])


def _measure(place: Place, *, rounds: int) -> list[Round]:
    with _answering(place):
        known = list(Robot.objects.select_related("organisation").order_by("pk"))
        return [Round(loop=_loop(known), run=_run(known)) for _round in range(rounds)]


@contextmanager
def _answering(place: Place) -> Iterator[None]:
    Organisation.objects.update(simulated=place.simulated)
    Knobs.objects.update_or_create(group=None, defaults={"latency_ms": place.delay_ms})
    with nullcontext() if place.simulated else bare_endpoint(place.delay_ms):
        yield


def _make_robots(count: int) -> None:
    organisation = Organisation.objects.create(name="Bench", simulated=True, monthly_quota=10_000_000)
    with transaction.atomic(), transaction.atomic(using="simulator"):
        for number in range(count):
            _make_robot(f"robot {number:05d}", organisation)


def _make_robot(name: str, organisation: Organisation) -> None:
    group = create_group(name=name, robot_name=name, signed=True)
    token, secret = Secret(group.token), Secret(group.secret)
    create_robot(name=name, group_name=name, organisation=organisation, token=token, secret=secret, by=SYSTEM)


def _run(robots: Sequence[Robot]) -> float:
    """From the launch to the last delivery's end."""
    broadcast = launch(
        message=Text(content=TEXT),
        at=At(),
        robots=robots,
        name="Bench",
        by=SYSTEM,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone="Asia/Shanghai",
    )
    seconds = (_last_end(broadcast, len(robots)) - broadcast.planned_at).total_seconds()
    return len(robots) / seconds


def _last_end(broadcast: Broadcast, count: int) -> datetime:
    delivered = Delivery.objects.filter(run__broadcast=broadcast, status=DeliveryStatus.DELIVERED).order_by()
    deadline = time.monotonic() + RUN_SECONDS
    while delivered.count() < count:
        if time.monotonic() > deadline:
            raise SystemExit(f"{delivered.count()} of {count} were delivered within {RUN_SECONDS:.0f} s.")
        time.sleep(0.5)
    last: datetime = delivered.aggregate(last=Max("ended_at"))["last"]
    return last


def _loop(robots: Sequence[Robot]) -> float:
    """Secrets are decrypted before the clock starts: whoever writes such a loop has them in the script."""
    targets = [target_of(robot) for robot in robots]
    body = build(Text(content=TEXT))
    calls, started = 0, time.monotonic()
    with requests.Session() as session:
        for target in targets:
            url = send_url(
                base_url=target.base_url,
                token=target.token.reveal(),
                secret=target.secret.reveal() if target.secret else None,
                timestamp_ms=time.time_ns() // 1_000_000,
            )
            data = with_msg_uuid(body, str(uuid.uuid4()))
            answer = session.post(url, data=data, headers={"Content-Type": "application/json"}, timeout=10)
            assert json.loads(answer.content)["errcode"] == 0, answer.text
            calls += 1
            if time.monotonic() - started > LOOP_SECONDS:
                break
    return calls / (time.monotonic() - started)


def _row(place: Place, rounds: Sequence[Round], robots: int) -> tuple[object, ...]:
    """Medians over the rounds; the ratio is that of each round, so that a busy moment hits both."""
    run = round(statistics.median(each.run for each in rounds))
    loop = round(statistics.median(each.loop for each in rounds))
    ratio = statistics.median(each.ratio for each in rounds)
    return place.name, f"{place.delay_ms} ms", robots, run, loop, round(ratio, 1)


if __name__ == "__main__":
    main()
