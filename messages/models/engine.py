from __future__ import annotations

from django.db import models


class EngineState(models.Model):
    """What holds for the whole installation: one row, made by the first tick."""

    # No call at all before this: DingTalk banned our address, or throttled everything.
    hold_until = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=40, blank=True)
    # The last signs of life, at most a few seconds old while beat and worker run.
    ticked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return "engine"
