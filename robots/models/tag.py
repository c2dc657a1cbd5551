from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from robots.models.quiet import WithQuietHours


class Tag(WithQuietHours):
    """A label on robots: an audience is robots and tags."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    # Short texts under a name, for messages; those of a robot itself win. See robots/rules/variables.py.
    variables = models.JSONField(_("variables"), default=dict, blank=True)
    demo = models.BooleanField(default=False, editable=False)

    class Meta(WithQuietHours.Meta):
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name
