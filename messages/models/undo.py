from __future__ import annotations

from django.db import models

from messages.models.broadcast import Broadcast


class UndoWindow(models.Model):
    """A launch that may be taken back until it fires, with what its launch page takes to stand there as before."""

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="undo_window")
    ends_at = models.DateTimeField()  # it fires then
    without = models.JSONField(default=list)  # these three as in LaunchPlan
    typed = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.broadcast_id)
