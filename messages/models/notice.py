from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something that a person has to know or to do, shown on the overview until it is over or put away.

    One open notice per kind and subject: what happens again while it is open counts up instead of filling the page.
    """

    kind = models.CharField(max_length=40)  # key of the texts in messages/notices.py; open-ended, so no choices
    subject = models.CharField(max_length=64, blank=True)  # whom it concerns, e.g. "robot:12"; "" the installation
    params = models.JSONField(default=dict)  # for the text, plain values, never a secret
    count = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=150, blank=True)  # who put it away; "" while open, or over by itself

    class Meta:
        ordering = ["-last_at", "-pk"]
        default_permissions = ("view", "change")  # to change one is to put it away
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(closed_at=None), name="notice_open_once_per_subject"
            )
        ]
        indexes = [models.Index(fields=["closed_at", "-last_at"], name="notice_open_first")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
