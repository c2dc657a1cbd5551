from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from messages.models.broadcast import Broadcast, BroadcastStatus
from robots.models import Organisation

# A wall time as a rule gives it, in the schedule's zone: 2026-10-01T09:00:00. It names an occurrence, whatever was done
# with it since; its moment may be another.
KEY_LENGTH = 19
# What recurs and is not at its end: its next time is planned, or waits for a calendar.
GOING: Final = (BroadcastStatus.SCHEDULED, BroadcastStatus.HALTED)


class Schedule(models.Model):
    """By which rule a broadcast goes out again and again. Its next planned time stands in the broadcast's next_at."""

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="schedule")
    rule = models.TextField()  # as schedule/rule_text.py writes it
    asks_calendar = models.BooleanField(default=False)  # what it gives depends on the official calendar
    # Whose own days count besides the official ones; None: those of all organisations alone.
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Whatever the rule gave up to this moment has fired or is a missed time: nothing of it is looked at again.
    decided_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.rule


class ChangeKind(models.TextChoices):
    SKIP = "skip", _("Skipped")
    MOVE = "move", _("Moved")


class OccurrenceChange(models.Model):
    """What a person did with one occurrence; the series goes on as it was. Removing the row restores it."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="changes")
    key = models.CharField(max_length=KEY_LENGTH)
    kind = models.CharField(max_length=10, choices=ChangeKind)
    moved_to = models.CharField(max_length=KEY_LENGTH, blank=True)  # a wall time in the schedule's zone
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["key"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["schedule", "key"], name="occurrence_changed_once"),
            models.CheckConstraint(
                condition=models.Q(kind=ChangeKind.MOVE) & ~models.Q(moved_to="")
                | ~models.Q(kind=ChangeKind.MOVE) & models.Q(moved_to=""),
                name="occurrence_moved_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.kind}"


class MissedReason(models.TextChoices):
    LATE = "late", _("Nothing ran at that time")
    PAUSED = "paused", _("It was paused at that time")
    STOPPED = "stopped", _("All sending was stopped at that time")


class MissedTime(models.Model):
    """A planned time that had no run, and why. Append-only."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="missed")
    planned_at = models.DateTimeField()
    # Set where very many were missed at once: all planned times from planned_at up to this one.
    until = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=KEY_LENGTH, blank=True)
    reason = models.CharField(max_length=10, choices=MissedReason)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["-planned_at"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["broadcast", "planned_at"], name="missed_once")]

    def __str__(self) -> str:
        return f"{self.broadcast_id} {self.planned_at:%Y-%m-%d %H:%M}"
