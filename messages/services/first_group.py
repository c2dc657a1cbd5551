"""Choosing the group that gets a broadcast first, and a person's go for the rest."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.engine.first_group import first_verdict, release
from messages.models import Broadcast, BroadcastStatus, FirstGroup, FirstState
from messages.wakeups import wake_tick


class NoFirstGroup(Exception):
    """The chosen group is not among those that get it, or would be the only one; or it goes out again and again."""

    @property
    def text(self) -> str:
        return _("Choose one of the groups that get it; and there has to be a second one.")


class CannotRelease(Exception):
    """Nothing was changed. `text` says why, for the person who asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the rest cannot be released")


def choose_first(broadcast: Broadcast, *, robot: int, asks: bool, stop_share: int | None, by: Actor) -> None:
    """In the transaction of the launch. Once chosen it stays. Raises NoFirstGroup."""
    if FirstGroup.objects.filter(broadcast=broadcast).exists() or broadcast.runs.exists():
        return
    target = broadcast.targets.filter(robot=robot).first()
    if broadcast.recurs or target is None or not broadcast.targets.exclude(pk=target.pk).exists():
        raise NoFirstGroup
    FirstGroup.objects.create(broadcast=broadcast, target=target, asks=asks, stop_share=stop_share)
    detail = {"first": target.robot_name, "asks": asks, "stop_share": stop_share}
    record("broadcast.first_chosen", by=by, target=broadcast, detail=detail)


@transaction.atomic
def let_rest_go(broadcast: Broadcast, *, by: Actor) -> bool:
    """Whatever became of the first group. False when the rest was released already. Raises CannotRelease."""
    current = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
    if current.status == BroadcastStatus.CANCELLED:
        raise CannotRelease(_("It was cancelled: nothing of it goes out any more."))
    first = FirstGroup.objects.filter(broadcast=current).select_related("broadcast", "target").first()
    if first is None or first.state == FirstState.PLANNED:
        raise CannotRelease(_("Nothing of it waits for a go."))
    released = release(first, by=by, now=timezone.now(), why=first_verdict(first).value)
    if released:
        transaction.on_commit(wake_tick)
    return released
