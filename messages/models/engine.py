from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EngineState(models.Model):
    """What holds for the whole installation: one row, made by the first tick."""

    # No call at all before this: DingTalk banned our address, or throttled everything.
    hold_until = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=40, blank=True)
    # How often in a row DingTalk throttled everything: each time the wait doubles, a delivery ends it.
    hold_streak = models.PositiveSmallIntegerField(default=0)
    # Set: a person stopped all sending; no firing and no claim until a person resumes it.
    stopped_at = models.DateTimeField(null=True)
    stopped_by_name = models.CharField(max_length=150, blank=True)
    # The last tick: a second old at most while beat and a worker run.
    ticked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [("stop_all", _("Can stop and resume all sending"))]

    def __str__(self) -> str:
        return "engine"


class Worker(models.Model):
    """A worker process and its last sign of life."""

    name = models.CharField(max_length=100, unique=True)  # host:pid, as on claims and attempts
    version = models.CharField(max_length=20, blank=True)  # of DingAdmin: two of them are an update that is under way
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
