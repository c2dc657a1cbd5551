"""What a broadcast's page says of the group that gets it first."""

from __future__ import annotations

from messages.models import Broadcast, BroadcastStatus, FirstGroup


def first_group_of(broadcast: Broadcast) -> FirstGroup | None:
    """None, too, once the broadcast was cancelled: nothing waits for its first group any more."""
    if broadcast.status == BroadcastStatus.CANCELLED:
        return None
    return FirstGroup.objects.filter(broadcast=broadcast).select_related("target").first()
