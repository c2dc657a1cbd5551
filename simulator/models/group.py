from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GroupState(models.TextChoices):
    OK = "ok", _("Working")
    STOPPED = "stopped", _("Robot stopped")  # answers 400102
    REMOVED = "removed", _("Robot removed from the group")  # answers 400106
    DISSOLVED = "dissolved", _("Group dissolved")  # answers 400013


class Group(models.Model):
    """One simulated chat group with its one custom robot. Token and secret are the simulator's own fakes."""

    name = models.CharField(pgettext_lazy("chat", "group"), max_length=100, unique=True)
    robot_name = models.CharField(_("robot's name in the chat"), max_length=100)
    token = models.CharField(max_length=200, unique=True, editable=False)
    secret = models.CharField(max_length=200, blank=True, editable=False)  # empty: the robot does not ask for a sign
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    ip_ranges = models.JSONField(_("IP ranges"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=GroupState, default=GroupState.OK)
    external = models.BooleanField(_("external group"), default=False)
    quota_left = models.PositiveIntegerField(_("messages left this month"), null=True, blank=True)  # None: no limit
    members = models.JSONField(_("members"), default=list, blank=True)  # [{"name", "mobile", "user_id"}]
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Spelled out, so that the module can be imported while the simulator is not among the installed apps.
        app_label = "simulator"
        ordering = ["name"]
        default_permissions = ()
        verbose_name = _("simulated group")
        verbose_name_plural = _("simulated groups")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=GroupState.values), name="simulator_group_state_known")
        ]

    def __str__(self) -> str:
        return self.name
