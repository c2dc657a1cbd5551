from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from messages.models.broadcast import Broadcast, Target


class FirstState(models.TextChoices):
    PLANNED = "planned", _("Scheduled")  # firing makes the first group's run alone
    OUT = "out", _("The rest waits")  # no firing: the first group's result, or a person's go, is awaited
    REST = "rest", _("Released")  # the next firing makes the run of all the others


class FirstGroup(models.Model):
    """One group that gets a broadcast before all the others. The others have no deliveries before they are released."""

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="first_group")
    target = models.OneToOneField(Target, on_delete=models.CASCADE, related_name="+")
    asks = models.BooleanField(default=False)  # also after it arrived the rest waits for a person
    state = models.CharField(max_length=10, choices=FirstState, default=FirstState.PLANNED)
    told = models.CharField(max_length=10, blank=True)  # the verdict of which people were told
    # The broadcast pauses itself when more than so many percent of the others' ended deliveries failed; None: never.
    stop_share = models.PositiveSmallIntegerField(null=True)
    counted_from = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # it paused itself then, and nobody has resumed it yet
    watched = models.BooleanField(default=True)  # the tick has something to decide yet

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["state"], condition=models.Q(watched=True), name="first_group_watched")]

    def __str__(self) -> str:
        return str(self.target)
