"""Whether a launch can be taken back yet, and which ones were."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from messages.models import Broadcast, BroadcastStatus, Draft, Run, UndoWindow


def open_window(broadcast: Broadcast) -> UndoWindow | None:
    """None as soon as anything of it has fired."""
    if broadcast.status != BroadcastStatus.SCHEDULED:
        return None
    fired = Run.objects.filter(broadcast=OuterRef("broadcast"))
    return UndoWindow.objects.filter(~Exists(fired), broadcast=broadcast).first()


def was_taken_back(broadcast: Broadcast) -> bool:
    return UndoWindow.objects.filter(broadcast=broadcast, taken_back_at__isnull=False).exists()


def launched_from(draft: Draft) -> QuerySet[Broadcast]:
    """The newest first, without those that were taken back."""
    return draft.broadcasts.filter(undo_window__taken_back_at=None)


def corrections_of(broadcast: Broadcast) -> QuerySet[Broadcast]:
    """The oldest first, without those that were taken back."""
    return broadcast.corrections.filter(undo_window__taken_back_at=None).order_by("pk")
