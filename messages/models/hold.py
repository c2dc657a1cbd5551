from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messages.models.broadcast import Broadcast


class HoldKind(models.TextChoices):
    PAUSED = "paused", _("Paused")  # a person paused the broadcast
    PAUSED_ITSELF = "paused_itself", _("Paused by itself")  # more of it failed than its launch allows
    ALL_STOPPED = "all_stopped", _("All sending stopped")  # a person stopped it, for every broadcast


class Hold(models.Model):
    """A time in which what waited was kept from going out: one row, however many deliveries waited.

    Which it held is read from the times at which they waited (messages/history/holds.py).
    """

    kind = models.CharField(max_length=20, choices=HoldKind)
    # Without an index of its own: hold_of_broadcast begins with it. None: everything was held.
    broadcast = models.ForeignKey(Broadcast, null=True, on_delete=models.CASCADE, related_name="holds", db_index=False)
    begun_at = models.DateTimeField()
    begun_by_name = models.CharField(max_length=150, blank=True)  # "": it paused itself
    ended_at = models.DateTimeField(null=True)  # None: it holds
    ended_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["begun_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=HoldKind.ALL_STOPPED, broadcast=None)
                | (Q(broadcast__isnull=False) & ~Q(kind=HoldKind.ALL_STOPPED)),
                name="hold_of_one_or_of_all",
            ),
            models.UniqueConstraint(fields=["broadcast"], condition=Q(ended_at=None), name="hold_once_per_broadcast"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(ended_at=None, broadcast=None), name="hold_of_all_once"
            ),
        ]
        indexes = [models.Index(fields=["broadcast", "begun_at"], name="hold_of_broadcast")]

    def __str__(self) -> str:
        return f"{self.kind} {self.begun_at:%Y-%m-%d %H:%M}"
