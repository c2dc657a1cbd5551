"""Against the usual way, one Celery task per send: see bench/sending/usual_way.py."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Final

from celery import current_app
from django.utils import timezone

from bench.sending.endpoints import Endpoint, endpoint
from bench.sending.parts.speed import Case, warm_up
from bench.sending.plan import Plan
from bench.sending.results import Result, Spread, ratios
from bench.sending.robots import Robots
from bench.sending.runs import GivenUp, run_and_measure, wait_until_ended
from bench.sending.usual_way import QUEUE, TASK
from bench.sending.wire import TEXT, body_with
from bench.sending.workers import crew, environment_for, start_workers
from messages.engine.bodies import store_body
from messages.models import Broadcast, BroadcastStatus, Delivery, Run
from robots.models import Robot

LEAST: Final = 5.0


def measure(plan: Plan) -> Iterator[Result]:
    robots = Robots(plan.usual_size)
    for delay_ms in (80, 0):
        with endpoint(delay_ms) as answering:
            for processes in plan.processes:
                case = Case(delay_ms, plan.window, processes, plan.usual_size)
                yield _against_the_usual_way(plan, case, answering, robots)


def _against_the_usual_way(plan: Plan, case: Case, answering: Endpoint, robots: Robots) -> Result:
    share = {"window": case.window, "processes": case.processes}
    name = f"{case.delay_ms} ms: {case}"
    with crew(answering, **share) as workers, _usual_workers(answering, **share):
        warm_up(robots, workers, window=case.window)
        _send_the_usual_way(robots.next(min(2 * case.window, robots.count)), seconds=plan.run_seconds)
        ours, theirs = [], []
        try:
            for _round in range(plan.rounds):
                ours.append(run_and_measure(robots.next(case.size), workers, seconds=plan.run_seconds).speed)
                theirs.append(_send_the_usual_way(robots.next(case.size), seconds=plan.run_seconds))
        except GivenUp as reason:
            return Result("usual", name, str(reason), met=False)
    ratio = ratios(ours, theirs)
    figure = f"{ratio}: {Spread(ours, 0)}/s of {Spread(theirs, 0)}/s"
    return Result("usual", name, figure, met=ratio.median >= LEAST, note=_ceiling(case))


def _ceiling(case: Case) -> str:
    """What nobody can be faster than."""
    if not case.delay_ms:
        return ""
    most = case.window * 1000 // case.delay_ms
    return f"{case.window} in flight allow {most:,}/s at most"


@contextmanager
def _usual_workers(answering: Endpoint, *, window: int, processes: int) -> Iterator[None]:
    """As many threads as we have calls in flight. The four of our own workers would be too easy to beat."""
    threads = window // processes
    with ExitStack() as stack:
        options = ("-Q", QUEUE, "-c", str(threads), "-I", "bench.sending.usual_way")
        start_workers(stack, environment_for(answering, window=threads), processes, *options)
        yield


def _send_the_usual_way(robots: Sequence[Robot], *, seconds: float) -> float:
    """Calls a second, from the first task that is queued to the last row that is saved. The rows are there before."""
    broadcast = _rows_for(robots)
    deliveries = Delivery.objects.filter(run__broadcast=broadcast).order_by("pk")
    ids = list(deliveries.values_list("pk", flat=True))
    began = time.time()
    for delivery_id in ids:
        current_app.send_task(TASK, args=[delivery_id], queue=QUEUE, ignore_result=True)
    wait_until_ended(broadcast, len(ids), seconds=seconds)
    last = deliveries.order_by("-ended_at").values_list("ended_at", flat=True)[0]
    assert last is not None
    return len(ids) / (last.timestamp() - began)


def _rows_for(robots: Sequence[Robot]) -> Broadcast:
    """Due tomorrow, so that the product's own pumps leave them alone."""
    tomorrow = timezone.now() + timedelta(days=1)
    broadcast = Broadcast.objects.create(
        name="Usual",
        msgtype="text",
        content={"content": TEXT},
        status=BroadcastStatus.FIRED,
        planned_at=tomorrow,
        launch_key=uuid.uuid4(),
    )
    run = Run.objects.create(broadcast=broadcast, planned_at=tomorrow, fired_at=tomorrow)
    body = store_body(body_with())
    Delivery.objects.bulk_create(
        Delivery(
            run=run,
            robot=robot,
            robot_name=robot.name,
            body=body,
            msg_uuid=uuid.uuid4(),
            planned_at=tomorrow,
            due_at=tomorrow,
        )
        for robot in robots
    )
    return broadcast
