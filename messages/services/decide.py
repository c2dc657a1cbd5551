"""A person's decision about a delivery of which nobody can know whether it arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import models, transaction
from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actors import Actor
from audit.log import record
from messages.history.chosen import Chosen
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus
from messages.models.delivery import DeliveryQuerySet
from messages.reasons import DECIDED_AGAIN, DECIDED_ARRIVED, DECIDED_FAILED
from messages.wakeups import wake_pump

ROWS_AT_ONCE: Final = 2000


class Decision(models.TextChoices):
    ARRIVED = "arrived", _("It arrived")
    AGAIN = "again", _("Send it again")  # under the same msgUuid
    FAILED = "failed", _("Leave it as failed")


class CannotDecide(Exception):
    """Nothing was changed. `text` says why, for the person who decided."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the delivery cannot be decided so")


@transaction.atomic
def decide_delivery(delivery: Delivery, *, decision: Decision, by: Actor) -> None:
    """End the uncertainty. Raises CannotDecide when it is no more, or when it can go out to nobody any more."""
    if decision is Decision.AGAIN:
        _make_sure_it_can_go_out(delivery)
    uncertain = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.UNCERTAIN)
    if uncertain.update(**_changes(decision)) != 1:
        raise CannotDecide(str(_("Somebody, or DingTalk's late reply, has decided this delivery already.")))
    record("delivery.decided", by=by, target=delivery, detail={"decision": decision.value, "was": delivery.reason})
    if decision is Decision.AGAIN:
        transaction.on_commit(wake_pump)


@dataclass(frozen=True, slots=True)
class Decided:
    """`skipped`: known by then, or not to be sent again because the robot or the broadcast is gone."""

    count: int
    skipped: int


@transaction.atomic
def decide_deliveries(chosen: Chosen, *, decision: Decision, by: Actor) -> Decided:
    """End the uncertainty of many at once, with one entry on record that names them all."""
    rows = _that_can_go_out(chosen.undecided()) if decision is Decision.AGAIN else chosen.undecided()
    # Locked in the order of their numbers, so that two people who decide at once do not wait for each other.
    ids = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    changed = _changes(decision)
    count = sum(_decide(batch, changed) for batch in _batches(ids))
    skipped = chosen.undecided().count()
    if count:
        record("delivery.decided", by=by, target=_the_one_broadcast(ids), detail=_detail(decision, ids))
    if count and decision is Decision.AGAIN:
        transaction.on_commit(wake_pump)
    return Decided(count=count, skipped=skipped)


def possible_decisions(delivery: Delivery) -> list[Decision]:
    """All of them, but for sending again where there is nothing left to send it to or for."""
    cancelled = delivery.run.broadcast.status == BroadcastStatus.CANCELLED
    can_go_out = delivery.robot_id is not None and not cancelled
    return [decision for decision in Decision if can_go_out or decision is not Decision.AGAIN]


def _make_sure_it_can_go_out(delivery: Delivery) -> None:
    # Locked, for a cancel changes the broadcast first: either it sees the delivery wait, or we see it cancelled.
    broadcast = Broadcast.objects.select_for_update().get(runs=delivery.run_id)
    if broadcast.status == BroadcastStatus.CANCELLED:
        raise CannotDecide(str(_("The broadcast was cancelled: nothing of it goes out any more.")))
    if not Delivery.objects.filter(pk=delivery.pk, robot__isnull=False).exists():
        raise CannotDecide(str(_("The robot was deleted: there is nobody to send it to.")))


def _that_can_go_out(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """Their broadcasts are locked, for the reason above."""
    broadcasts = Broadcast.objects.select_for_update().filter(pk__in=rows.order_by().values("run__broadcast"))
    alive = [row.pk for row in broadcasts.order_by("pk").only("status") if row.status != BroadcastStatus.CANCELLED]
    return rows.filter(robot__isnull=False, run__broadcast__in=alive)


def _decide(ids: Sequence[int], changes: dict[str, object]) -> int:
    return Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.UNCERTAIN).update(**changes)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """SQLite takes at most 32,766 values in a query."""
    return (ids[start : start + ROWS_AT_ONCE] for start in range(0, len(ids), ROWS_AT_ONCE))


def _the_one_broadcast(ids: Sequence[int]) -> Broadcast | None:
    broadcasts = list(Broadcast.objects.filter(runs__deliveries__in=ids[:ROWS_AT_ONCE]).distinct()[:2])
    return broadcasts[0] if len(broadcasts) == 1 else None


def _detail(decision: Decision, ids: Sequence[int]) -> dict[str, object]:
    return {"decision": decision.value, "count": len(ids), "deliveries": list(ids)}


def _changes(decision: Decision) -> dict[str, object]:
    now = timezone.now()
    match decision:
        case Decision.ARRIVED:
            return {"status": DeliveryStatus.DELIVERED, "reason": DECIDED_ARRIVED, "due_at": None, "ended_at": now}
        case Decision.AGAIN:
            # The person answers for the calls before: they count no more, nor does a time of use that is over.
            fresh = Case(When(useful_until__gt=now, then=F("useful_until")), default=None)
            again = {"due_at": now, "uncertain_tries": 0, "useful_until": fresh}
            return {"status": DeliveryStatus.WAITING, "reason": DECIDED_AGAIN, **again}
        case Decision.FAILED:
            return {"status": DeliveryStatus.FAILED, "reason": DECIDED_FAILED, "due_at": None, "ended_at": now}
