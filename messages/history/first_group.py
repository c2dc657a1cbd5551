"""What a broadcast's page says of the group that gets it first."""

from __future__ import annotations

from messages.models import Broadcast, BroadcastStatus, FirstGroup, FirstState


def first_group_of(broadcast: Broadcast) -> FirstGroup | None:
    """None, too, once the broadcast was cancelled: nothing waits for its first group any more."""
    if broadcast.status == BroadcastStatus.CANCELLED:
        return None
    return FirstGroup.objects.filter(broadcast=broadcast).select_related("target").first()


def rest_of(broadcast: Broadcast) -> int:
    """How many groups wait for what becomes of the first one; 0 where none do."""
    waiting = FirstGroup.objects.filter(broadcast=broadcast, state=FirstState.OUT).exists()
    return broadcast.targets.count() - 1 if waiting else 0


def waits_for_person(broadcast: Broadcast) -> bool:
    """What became of its first group is known, and the rest does not go by itself."""
    waiting = FirstGroup.objects.filter(broadcast=broadcast, state=FirstState.OUT).exclude(told="")
    return broadcast.status == BroadcastStatus.SCHEDULED and broadcast.paused_at is None and waiting.exists()
