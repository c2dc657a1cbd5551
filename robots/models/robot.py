from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from robots.models.organisation import Organisation
from robots.models.tag import Tag


class RobotStatus(models.TextChoices):
    ACTIVE = "active", _("Active")  # takes part in broadcasts
    PAUSED = "paused", _("Paused")  # nothing but a test is sent to it; paused_reason says why


class PauseReason(models.TextChoices):
    """Why a robot is paused, besides the reason keys of DingTalk's replies."""

    BY_PERSON = "by_person", _("Paused by a person")


class RobotQuerySet(models.QuerySet["Robot"]):
    def sendable(self, at: datetime, *, simulator: bool) -> RobotQuerySet:
        """Robots that a pump may call now: active, not silenced, quota left, and with an endpoint to call."""
        robots = self.callable(simulator=simulator).filter(status=RobotStatus.ACTIVE)
        return robots.filter(models.Q(hold_until=None) | models.Q(hold_until__lte=at)).filter(
            models.Q(organisation__quota_exhausted_until=None) | models.Q(organisation__quota_exhausted_until__lte=at)
        )

    def callable(self, *, simulator: bool) -> RobotQuerySet:
        """Robots with an endpoint: those of simulated organisations have one only while the simulator is mounted."""
        return self if simulator else self.exclude(organisation__simulated=True)


class Robot(models.Model):
    """One DingTalk custom robot: one webhook token in one group, with its security modes."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    group_name = models.CharField(pgettext_lazy("chat", "group"), max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="robots", verbose_name=_("organisation")
    )
    # Ciphertext, see robots/encryption.py; nothing but the sending engine and the form's check ever decrypts them.
    token_encrypted = models.TextField(editable=False)
    secret_encrypted = models.TextField(blank=True, editable=False)
    token_set_at = models.DateTimeField(editable=False)
    secret_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Keyed hash of the token: finds the same token again, and names its pacing window, without giving it away.
    token_fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    ip_ranges = models.JSONField(_("IP ranges"), default=list, blank=True)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="robots", blank=True)
    # People of other organisations are in the group: DingTalk knows nobody there by userId, only by mobile.
    external = models.BooleanField(_("external group"), default=False)
    # Messages may be tried out in its group before they go anywhere else.
    for_tests = models.BooleanField(_("for tests"), default=False, db_default=False)
    # Added where a message lacks the keywords: the footer, or the first keyword itself where that is allowed.
    footer = models.TextField(_("footer"), blank=True)
    append_keyword = models.BooleanField(_("append the keyword"), default=False)
    # Short texts under a name, for messages: {"manager": "Li Lei"}. See robots/rules/variables.py.
    variables = models.JSONField(_("variables"), default=dict, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    status = models.CharField(
        _("state"), max_length=10, choices=RobotStatus, default=RobotStatus.ACTIVE, editable=False
    )
    paused_reason = models.CharField(max_length=40, blank=True, editable=False)  # PauseReason or a reply's reason key
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    # No call before this: DingTalk throttled the robot, or its minute is full. Its queue waits, in order.
    hold_until = models.DateTimeField(null=True, blank=True, editable=False)
    hold_reason = models.CharField(max_length=40, blank=True, editable=False)

    # How often in a row DingTalk throttled it: each time the silence doubles, a delivery ends it.
    silences = models.PositiveSmallIntegerField(default=0, editable=False)

    last_kind = models.CharField(max_length=20, blank=True, editable=False)  # dingtalk.replies.Kind
    last_reason = models.CharField(max_length=40, blank=True, editable=False)
    last_errcode = models.BigIntegerField(null=True, blank=True, editable=False)
    last_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_duration_ms = models.PositiveIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("robot")
        verbose_name_plural = _("robots")
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=RobotStatus.values), name="robot_status_known"),
            models.CheckConstraint(
                condition=models.Q(status=RobotStatus.ACTIVE) | ~models.Q(paused_reason=""),
                name="robot_paused_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "name"], name="robot_status_name"),
            # Every claim asks which they are, and mostly they are few.
            models.Index(fields=["hold_until"], condition=models.Q(hold_until__isnull=False), name="robot_hold_until"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_secret(self) -> bool:
        return bool(self.secret_encrypted)
