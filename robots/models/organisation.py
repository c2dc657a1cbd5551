from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from robots.models.quiet import WithQuietHours


class Edition(models.TextChoices):
    STANDARD = "standard", _("Standard")
    PROFESSIONAL = "professional", _("Professional")


class Organisation(WithQuietHours):
    """The DingTalk organisation that owns robots, and whose monthly quota their messages use up."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    edition = models.CharField(_("edition"), max_length=20, choices=Edition, default=Edition.STANDARD)
    # DingTalk's standard edition: 3,000 webhook messages a month since 2025-11-19 (docs/protocol.md).
    monthly_quota = models.PositiveIntegerField(_("monthly quota"), default=3000)
    # The part of the quota for urgent broadcasts. Nothing holds it back but a question at the launch of the others.
    reserve = models.PositiveIntegerField(_("reserve for urgent broadcasts"), default=0)
    # Robots of a simulated organisation are called at the simulator, and nowhere at all while it is not mounted.
    simulated = models.BooleanField(_("simulated"), default=False, editable=False)
    # Set while DingTalk refuses the organisation's messages for its quota; no robot of it is called before then.
    quota_exhausted_until = models.DateTimeField(null=True, blank=True, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WithQuietHours.Meta):
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name
