"""Sends again what did not arrive: a new run of the same broadcast, linked to the old one, with new msgUuids."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.log import record
from messages.engine.queue import current_turn
from messages.history.chosen import Chosen, resendable
from messages.models import Broadcast, Delivery, DeliveryStatus, Run
from messages.reasons import RESENT
from messages.services.resend_plan import Including, ResendPlan, Source, plan_resend
from messages.wakeups import wake_pump

ROWS_AT_ONCE: Final = 2000


class ResendRefused(Exception):
    """Nothing was sent: there is nothing to send, something changed since it was seen, or a question was not answered.

    `plan` is how it stands now.
    """

    def __init__(self, plan: ResendPlan) -> None:
        self.plan = plan
        super().__init__("nothing was sent again")


def resend(
    chosen: Chosen, *, including: Including, key: uuid.UUID, by: Actor, seal: str = "", over_quota: bool = False
) -> list[Run]:
    """One new run for each run that something of is sent again. The same key again gives the runs that it made.

    `seal` is the plan's that the person saw ("": whatever it is now). Raises ResendRefused.
    """
    try:
        return _resend(chosen, including=including, key=key, by=by, seal=seal, over_quota=over_quota)
    except IntegrityError:
        # The same key, or another resend at this very microsecond: a second look sees which.
        return _resend(chosen, including=including, key=key, by=by, seal=seal, over_quota=over_quota)


@transaction.atomic
def _resend(
    chosen: Chosen, *, including: Including, key: uuid.UUID, by: Actor, seal: str, over_quota: bool
) -> list[Run]:
    _lock(chosen)
    if made := list(Run.objects.filter(resend_key=key).order_by("pk")):
        return made
    plan = plan_resend(chosen, including)
    if not plan.again or (seal and seal != plan.seal) or (plan.questions and not over_quota):
        raise ResendRefused(plan)
    now = timezone.now()
    _replace(plan.again, now=now)
    runs = _runs(plan.again, key=key, now=now)
    for run, sources in runs:
        _fill(run, sources, now=now)
        record("broadcast.resent", by=by, target=run.broadcast, detail=_detail(run, sources))
    transaction.on_commit(wake_pump)
    return [run for run, _sources in runs]


def _lock(chosen: Chosen) -> None:
    """Of two presses at once the second waits here for the first; and no pump takes up a retry from here on."""
    run_ids = list(resendable(chosen.to_send_again()).order_by().values_list("run", flat=True).distinct())
    list(Run.objects.select_for_update().filter(pk__in=run_ids).order_by("pk").values_list("pk", flat=True))
    movable = chosen.to_send_again().filter(status__in=(DeliveryStatus.WAITING, DeliveryStatus.UNCERTAIN))
    list(movable.select_for_update(of=("self",)).values_list("pk", flat=True))


def _replace(sources: Sequence[Source], *, now: datetime) -> None:
    """What is sent again does not go out by itself as well, and asks nobody for a decision any more."""
    ended = {"reason": RESENT, "due_at": None, "ended_at": now}
    for ids in _batches([source.pk for source in sources if source.is_retry]):
        waiting = Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.WAITING)
        waiting.update(status=DeliveryStatus.CANCELLED, **ended)
    for ids in _batches([source.pk for source in sources if source.is_uncertain]):
        unknown = (DeliveryStatus.UNCERTAIN, DeliveryStatus.WAITING)
        uncertain = Delivery.objects.filter(pk__in=ids, status__in=unknown)
        uncertain.update(status=DeliveryStatus.FAILED, **ended)


def _runs(sources: Sequence[Source], *, key: uuid.UUID, now: datetime) -> list[tuple[Run, list[Source]]]:
    by_run: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        by_run[source.run_id].append(source)
    broadcasts = Broadcast.objects.in_bulk({source.broadcast_id for source in sources})
    made = []
    for number, (run_id, of_run) in enumerate(by_run.items()):
        # A broadcast has one run per planned time, and several of its runs may be sent again at once.
        planned_at = now + timedelta(microseconds=number)
        broadcast = broadcasts[of_run[0].broadcast_id]
        run = Run.objects.create(
            broadcast=broadcast, planned_at=planned_at, fired_at=now, resend_of_id=run_id, resend_key=key
        )
        made.append((run, of_run))
    return made


def _fill(run: Run, sources: Sequence[Source], *, now: datetime) -> None:
    rows = _deliveries(run, sources, now=now)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        Delivery.objects.bulk_create(batch)


def _deliveries(run: Run, sources: Sequence[Source], *, now: datetime) -> Iterator[Delivery]:
    """The very bodies that did not arrive. What was to be of use until a time that is over has a person's word now."""
    until = run.broadcast.useful_until
    for turn, source in enumerate(sources, start=current_turn(now)):
        yield Delivery(
            run=run,
            robot_id=source.robot_id,
            robot_name=source.robot_name,
            group_name=source.group_name,
            part=source.part,
            parts=source.parts,
            body_id=source.body_id,
            msg_uuid=uuid.uuid4(),
            planned_at=run.planned_at,
            turn=turn,
            due_at=now,
            useful_until=until if until and until > now else None,
        )


def _detail(run: Run, sources: Sequence[Source]) -> dict[str, object]:
    return {
        "run": run.pk,
        "resend_of": run.resend_of_id,
        "deliveries": len(sources),
        "retries": sum(source.is_retry for source in sources),
        "uncertain": sum(source.is_uncertain for source in sources),
    }


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """SQLite takes at most 32,766 values in a query."""
    return (ids[start : start + ROWS_AT_ONCE] for start in range(0, len(ids), ROWS_AT_ONCE))
