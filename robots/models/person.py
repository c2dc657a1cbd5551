from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from robots.models.robot import Robot


class Recipient(models.Model):
    """A person who can be @-mentioned: by mobile in every group, by userId inside the own organisation."""

    name = models.CharField(_("name"), max_length=100)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    user_id = models.CharField(_("DingTalk userId"), max_length=64, blank=True)
    # Which groups the person is in, as far as staff noted it. Without any, nothing is known; with some, these are all.
    groups = models.ManyToManyField(
        Robot, verbose_name=pgettext_lazy("chat", "groups"), related_name="members", blank=True
    )
    notes = models.TextField(_("notes"), blank=True)
    demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(fields=["mobile"], condition=~models.Q(mobile=""), name="recipient_mobile_once"),
            models.UniqueConstraint(fields=["user_id"], condition=~models.Q(user_id=""), name="recipient_user_id_once"),
            models.CheckConstraint(condition=~models.Q(mobile="", user_id=""), name="recipient_can_be_mentioned"),
        ]

    def __str__(self) -> str:
        return self.name


class RecipientList(models.Model):
    """A named set of recipients."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    members = models.ManyToManyField(Recipient, verbose_name=_("members"), related_name="lists", blank=True)
    demo = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("recipient list")
        verbose_name_plural = _("recipient lists")

    def __str__(self) -> str:
        return self.name
