from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from messages.models.broadcast import Broadcast


class Run(models.Model):
    """One firing of a broadcast at one planned time. The constraint makes a second firing impossible."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="runs")
    planned_at = models.DateTimeField()
    key = models.CharField(max_length=19, blank=True, default="", db_default="")  # of the schedule's occurrence
    fired_at = models.DateTimeField()
    # Set when a person asked to send again what an earlier run could not deliver.
    resend_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="resends")

    # Made by the page that sends again: pressed twice, the same key comes twice and makes nothing new. One act may
    # resend several runs, each by a run of its own.
    resend_key = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "planned_at"], name="run_once_per_planned_time"),
            models.UniqueConstraint(fields=["resend_key", "resend_of"], name="run_resent_once_per_key"),
            models.UniqueConstraint(
                fields=["broadcast", "key"],
                condition=models.Q(resend_of=None) & ~models.Q(key=""),
                name="run_once_per_occurrence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}/{self.pk}"
