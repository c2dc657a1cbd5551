from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dingtalk.payloads import At
from messages.models.draft import Draft, MessageType
from robots.models import Robot


class BroadcastKind(models.TextChoices):
    BROADCAST = "broadcast", _("Broadcast")
    TEST = "test", _("Test")  # a robot's "Test" button: goes to paused robots too


class BroadcastStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")  # next_at is set: it fires then
    FIRED = "fired", _("Sent out")  # every planned firing has made its run; the deliveries tell the rest
    CANCELLED = "cancelled", _("Cancelled")  # no firing, no claim any more
    MISSED = (
        "missed",
        _("Not sent: too late"),
    )  # nothing ran at its time, and a person decides whether it still goes out
    HALTED = "halted", _("Stopped: calendar unknown")  # its next time needs a year that is not known; see Schedule


class UncertainPolicy(models.TextChoices):
    """What happens to a delivery when nobody can know whether DingTalk took it."""

    RETRY_SAFELY = "retry_safely", _("Retry safely")  # same msgUuid, so that DingTalk drops a second copy
    ASK = "ask", _("Ask me")  # stays uncertain until a person decides


class Broadcast(models.Model):
    """A message frozen from a draft, with its audience and its schedule. Only a leaver's successor is put in it."""

    kind = models.CharField(max_length=20, choices=BroadcastKind, default=BroadcastKind.BROADCAST)
    name = models.CharField(_("name"), max_length=100)
    draft = models.ForeignKey(Draft, null=True, blank=True, on_delete=models.SET_NULL, related_name="broadcasts")
    draft_version = models.PositiveIntegerField(null=True, blank=True)
    # The broadcast that this one puts right.
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="corrections")
    msgtype = models.CharField(_("type"), max_length=20, choices=MessageType)
    content = models.JSONField()
    # Whether groups read different words: rendered for each target when it fires. Else one body serves all.
    tailored = models.BooleanField(default=False)
    # What some groups read instead of `content`, whole contents like it; a target says which.
    overrides = models.JSONField(default=list)
    # Whether a group whose message is beyond the limit gets it in parts.
    split = models.BooleanField(default=False, db_default=False)
    at_mobiles = models.JSONField(default=list)
    at_user_ids = models.JSONField(default=list)
    at_everyone = models.BooleanField(default=False)

    status = models.CharField(max_length=20, choices=BroadcastStatus, default=BroadcastStatus.SCHEDULED)
    planned_at = models.DateTimeField(_("planned for"))
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    next_at = models.DateTimeField(null=True, blank=True)  # the next planned time that has not fired
    recurs = models.BooleanField(default=False, db_default=False)  # it has a Schedule
    late_limit = models.DurationField(null=True, blank=True)  # not fired later than that; None: however late
    uncertain_policy = models.CharField(max_length=20, choices=UncertainPolicy, default=UncertainPolicy.RETRY_SAFELY)
    urgent = models.BooleanField(_("urgent"), default=False)  # may use up the organisation's reserve without a question
    useful_until = models.DateTimeField(_("useful until"), null=True, blank=True)  # not sent after it; None: no end
    paused_at = models.DateTimeField(null=True, blank=True)  # set: no firing and no claim until it is resumed
    paused_by_name = models.CharField(max_length=150, blank=True)  # "" where it paused itself
    # Made by the page that launches: a double click brings the same key twice and makes one broadcast.
    launch_key = models.UUIDField(unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        default_permissions = ("view",)
        permissions = [("send_broadcast", _("Can launch and cancel broadcasts"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=BroadcastStatus.values), name="broadcast_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status=BroadcastStatus.SCHEDULED, next_at__isnull=False)
                | (~models.Q(status=BroadcastStatus.SCHEDULED) & models.Q(next_at=None)),
                name="broadcast_scheduled_has_next",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(status=BroadcastStatus.SCHEDULED), name="broadcast_due"
            ),
            models.Index(fields=["kind", "-id"], name="broadcast_newest"),
            # Every claim asks which they are, and mostly there is none.
            models.Index(fields=["paused_at"], condition=models.Q(paused_at__isnull=False), name="broadcast_paused"),
            # Looked at once a second, and only the newest of them matter.
            models.Index(
                fields=["cancelled_at"], condition=models.Q(cancelled_at__isnull=False), name="broadcast_cancelled"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def at(self) -> At:
        """Everybody whom it mentions in any of its groups."""
        return At(tuple(self.at_mobiles), tuple(self.at_user_ids), self.at_everyone)


class Target(models.Model):
    """One robot of a broadcast's frozen audience. The names stay readable after the robot is deleted."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="targets")
    robot = models.ForeignKey(Robot, null=True, on_delete=models.SET_NULL, related_name="+")
    robot_name = models.CharField(max_length=100)
    group_name = models.CharField(max_length=100, blank=True)
    # What the message uses of the robot's and its tags' variables, as they were at the launch.
    variables = models.JSONField(default=dict)
    # {"keywords": […], "text": …}: added at the end if the rendered text has none of the keywords. None: nothing is.
    ending = models.JSONField(null=True)
    # {"mobiles": […], "user_ids": […]}: whom this group's message mentions; None: everybody whom the broadcast does.
    mentions = models.JSONField(null=True)
    # Position in the broadcast's overrides; None: its content.
    override = models.PositiveSmallIntegerField(null=True)
    # How many messages it gets, as the launch saw it: what its organisation pays for.
    parts = models.PositiveSmallIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["broadcast", "robot"], name="target_robot_once")]

    def __str__(self) -> str:
        return self.robot_name
