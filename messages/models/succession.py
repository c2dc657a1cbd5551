from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from robots.models import Recipient


class Succession(models.Model):
    """One act by which somebody took another's place wherever they would be mentioned; kept for its way back."""

    leaver = models.ForeignKey(Recipient, null=True, on_delete=models.SET_NULL, related_name="+")
    successor = models.ForeignKey(Recipient, null=True, on_delete=models.SET_NULL, related_name="+")
    leaver_name = models.CharField(max_length=100)
    successor_name = models.CharField(max_length=100)
    # What was changed and how it was before: see services/succession/.
    changed = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by_name = models.CharField(max_length=150)
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        verbose_name = _("succession")
        verbose_name_plural = _("successions")

    def __str__(self) -> str:
        return f"{self.leaver_name} → {self.successor_name}"
