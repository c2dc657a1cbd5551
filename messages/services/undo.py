"""Taking back a launch that has not fired yet: for a few seconds it is as if it had not been made.

Launched --window ends, fires--> going out: too late
         --taken back--> cancelled; the draft counts a launch less, its page stands as it was left
Both are conditional updates behind a lock on the broadcast, so that exactly one of them happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.engine.holding import end_hold
from messages.models import Broadcast, BroadcastStatus, Draft, LaunchPlan, Run, UndoWindow
from messages.services.plans import restore


class CannotTakeBack(Exception):
    """Nothing was changed. `text` says why, and what to do now."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the launch cannot be taken back")


@dataclass(frozen=True, slots=True)
class Undoing:
    """How long a launch can be taken back, and what its page held: see LaunchPlan. Zero: it cannot."""

    window: timedelta = timedelta()
    without: Sequence[int] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[Mapping[str, object]] = ()


def undoing_of(plan: LaunchPlan, *, seconds: int) -> Undoing:
    return Undoing(timedelta(seconds=seconds), without=plan.without, typed=plan.typed, steps=plan.steps)


def keep_window(broadcast: Broadcast, undoing: Undoing, *, ends_at: datetime) -> None:
    """In the transaction of the launch."""
    UndoWindow.objects.create(
        broadcast=broadcast,
        ends_at=ends_at,
        without=list(undoing.without),
        typed=dict(undoing.typed),
        steps=list(undoing.steps),
    )


@transaction.atomic
def take_back(broadcast: Broadcast, *, user: User, by: Actor) -> bool:
    """Nothing of it goes out, and the draft's launch page stands before `user` as it was left.

    False when it was taken back already. Raises CannotTakeBack.
    """
    # A firing that runs at this moment holds this row: what comes after sees whether it has made a run.
    current = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
    window = UndoWindow.objects.filter(broadcast=current).first()
    if window is None:
        raise CannotTakeBack(_("This cannot be taken back. While it is still to go out, it can be cancelled."))
    if window.taken_back_at is not None:
        return False
    if current.status == BroadcastStatus.CANCELLED:
        raise CannotTakeBack(_("It was cancelled already: nothing more of it goes out."))
    now = timezone.now()
    if not _cancel_unfired(current, by=by, now=now):
        raise CannotTakeBack(
            _("Too late to take it back: it has begun to go out. Cancel it to stop what has not left yet.")
        )
    end_hold(broadcast=current.pk, by=by.name, now=now)
    UndoWindow.objects.filter(pk=window.pk).update(taken_back_at=now)
    if draft := current.draft:
        _uncount(draft)
        restore(draft, user, without=window.without, typed=window.typed, steps=window.steps)
    record("broadcast.taken_back", by=by, target=current, detail=_detail(current, now=now))
    return True


def _cancel_unfired(broadcast: Broadcast, *, by: Actor, now: datetime) -> bool:
    fired = Run.objects.filter(broadcast=OuterRef("pk"))
    unfired = Broadcast.objects.filter(~Exists(fired), pk=broadcast.pk, status=BroadcastStatus.SCHEDULED)
    cancelled = {"status": BroadcastStatus.CANCELLED, "next_at": None}
    return unfired.update(**cancelled, cancelled_at=now, cancelled_by_name=by.name) == 1


def _uncount(draft: Draft) -> None:
    """Not where it would be the second unsent correction of one broadcast: then it stays a draft that was launched."""
    others = Draft.objects.filter(corrects=OuterRef("corrects"), launches=0)
    only = Draft.objects.filter(~Exists(others), pk=draft.pk, launches__gt=0)
    only.update(launches=F("launches") - 1)


def _detail(broadcast: Broadcast, *, now: datetime) -> dict[str, object]:
    after = round((now - broadcast.created_at).total_seconds(), 1)
    detail: dict[str, object] = {"after_seconds": after}
    return detail | ({"draft": broadcast.draft_id} if broadcast.draft_id else {})
