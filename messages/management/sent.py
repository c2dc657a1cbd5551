"""What `send` answers: as one JSON object (docs/commands.md) or as lines of text, and as a status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.history.first_group import rest_of
from messages.history.progress import progress_of
from messages.management.arguments import Refusal
from messages.management.first import first_as_json
from messages.management.ordering import Order
from messages.management.wording import counts_line, delivery_line
from messages.models import Broadcast, DeliveryStatus, Run
from messages.reporting import deliveries_of, delivery_as_json, every_status, holds_of_run
from messages.schedule.wall_times import clock

DONE: Final = 0
NOT_ALL_DELIVERED: Final = 1
REFUSED: Final = 2


@dataclass(frozen=True, slots=True)
class Sent:
    """`run`: the newest. `ended` is None when nobody waited for the end. `rest`: how many wait for the first group."""

    order: Order
    broadcast: Broadcast
    run: Run | None
    counts: dict[str, int]
    ended: bool | None
    rest: int

    @property
    def exit_status(self) -> int:
        delivered, groups = self.counts[DeliveryStatus.DELIVERED], len(self.order.robots)
        all_delivered = groups <= delivered == sum(self.counts.values())
        return DONE if self.ended is None or all_delivered else NOT_ALL_DELIVERED


def sent(order: Order, broadcast: Broadcast, run: Run | None, *, ended: bool | None) -> Sent:
    broadcast.refresh_from_db()
    counts = every_status(progress_of([broadcast.pk])[broadcast.pk].counts)
    return Sent(order, broadcast, run, counts=counts, ended=ended, rest=rest_of(broadcast))


def refused_as_json(refusals: Iterable[Refusal]) -> dict[str, Any]:
    return {"broadcast": None, "run": None, "refused": _listed(refusals)}


def sent_as_json(done: Sent) -> dict[str, Any]:
    return {
        "broadcast": done.broadcast.pk,
        "run": done.run.pk if done.run else None,
        "status": done.broadcast.status,
        "planned_at": done.broadcast.planned_at.isoformat(),
        "zone": done.broadcast.zone,
        "useful_until": done.broadcast.useful_until.isoformat() if done.broadcast.useful_until else None,
        "robots": len(done.order.robots),
        "ended": bool(done.ended),
        "counts": done.counts,
        "deliveries": list(_deliveries(done)) if done.ended is not None else [],
        "first": first_as_json(done.broadcast),
        "rest_waits": done.rest,
        "left_out": _listed(done.order.left_out),
        "warnings": _listed(done.order.warnings),
        "refused": [],
    }


def sent_as_lines(done: Sent) -> Iterator[str]:
    yield _what_happens(done)
    if done.rest:
        yield _rest_waits(done)
    if done.ended is None or done.run is None:
        return
    yield counts_line(done.counts)
    for run in _runs(done):
        for delivery in deliveries_of(run):
            if delivery.status != DeliveryStatus.DELIVERED:
                yield delivery_line(delivery)
    if not done.ended:
        yield _("Not all of it has ended yet. Look again: manage.py report %(run)d") % {"run": done.run.pk}


def _runs(done: Sent) -> Iterable[Run]:
    """The first group has one of its own."""
    return done.broadcast.runs.select_related("broadcast").order_by("pk")


def _deliveries(done: Sent) -> Iterator[dict[str, Any]]:
    for run in _runs(done):
        holds = holds_of_run(run)
        yield from (delivery_as_json(delivery, holds=holds) for delivery in deliveries_of(run))


def _rest_waits(done: Sent) -> str:
    text = ngettext(
        "%(count)d other group waits for what becomes of the first one.",
        "%(count)d other groups wait for what becomes of the first one.",
        done.rest,
    )
    return text % {"count": done.rest}


def _what_happens(done: Sent) -> str:
    count = len(done.order.robots)
    told = {"broadcast": done.broadcast.pk, "count": count}
    if done.run:
        text = ngettext(
            "Broadcast %(broadcast)d goes out to %(count)d group as run %(run)d.",
            "Broadcast %(broadcast)d goes out to %(count)d groups as run %(run)d.",
            count,
        )
        return text % {**told, "run": done.run.pk}
    if done.order.planned_at:
        text = ngettext(
            "Broadcast %(broadcast)d to %(count)d group is planned for %(time)s.",
            "Broadcast %(broadcast)d to %(count)d groups is planned for %(time)s.",
            count,
        )
        return text % {**told, "time": clock(done.broadcast.planned_at, ZoneInfo(done.broadcast.zone))}
    text = ngettext(
        "Broadcast %(broadcast)d to %(count)d group is stored. It goes out as soon as the worker runs.",
        "Broadcast %(broadcast)d to %(count)d groups is stored. It goes out as soon as the worker runs.",
        count,
    )
    return text % told


def _listed(refusals: Iterable[Refusal]) -> list[dict[str, str | None]]:
    return [{"robot": each.robot or None, "code": each.code, "text": each.text} for each in refusals]
