from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class QuietMode(models.TextChoices):
    HOLD = "hold", _("It waits until they end")
    SKIP = "skip", _("It is not sent to these groups")


class WithQuietHours(models.Model):
    """Times of the day at which nothing but what is urgent goes out. See messages/schedule/quiet.py."""

    # On the clocks of the zone; over midnight where the end is not the later one. Both or neither.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_zone = models.CharField(max_length=64, blank=True, default="", db_default="")  # "": the installation's
    quiet_mode = models.CharField(
        max_length=10, choices=QuietMode, default=QuietMode.HOLD, db_default=QuietMode.HOLD.value
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="%(class)s_quiet_hours_whole",
            ),
        ]

    @property
    def quiet_span(self) -> str:
        """`22:00–07:00`, "" without any."""
        if self.quiet_from is None or self.quiet_until is None:
            return ""
        return f"{self.quiet_from:%H:%M}–{self.quiet_until:%H:%M}"

    @property
    def quiet_rule(self) -> str:
        """For the audit log."""
        return f"{self.quiet_span} {self.quiet_zone} {self.quiet_mode}".strip() if self.quiet_span else ""
