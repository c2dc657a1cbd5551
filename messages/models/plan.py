from __future__ import annotations

from django.conf import settings
from django.db import models

from messages.models.draft import Draft


class LaunchPlan(models.Model):
    """What one person has settled about a launch that is not made yet. Gone with the launch, and forgotten after a day.

    See messages/services/plans.py for what the lists hold.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    without = models.JSONField(default=list)  # ids of robots that are left out
    typed = models.JSONField(default=dict)  # what stands in the fields of the launch page
    steps = models.JSONField(default=list)  # what was repaired, in order, each with what it takes to undo it
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["draft", "user"], name="launch_plan_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} by {self.user_id}"
