from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from messages.models.run import Run
from robots.models import Robot


class DeliveryStatus(models.TextChoices):
    """The only state machine of sending; docs/architecture.md draws its moves."""

    WAITING = "waiting", _("Waiting")  # goes out when due, and when its robot may be called
    SENDING = "sending", _("Sending")  # claimed by a pump: a call may be in flight until the lease runs out
    DELIVERED = "delivered", _("Delivered")  # DingTalk said errcode 0
    FAILED = "failed", _("Failed")  # refused, or tries used up; `reason` says why
    UNCERTAIN = "uncertain", _("Unknown")  # nobody can know whether DingTalk took it
    CANCELLED = "cancelled", _("Cancelled")  # a person cancelled before the call
    EXPIRED = "expired", _("Expired")  # past its "useful until" before the call


ENDED = (
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.CANCELLED,
    DeliveryStatus.EXPIRED,
)


# The reason of what waits for the end of its group's quiet hours, or was skipped for them.
QUIET_HOURS = "quiet_hours"


# They did not arrive, and never will: a message in parts ends there.
LOST = (DeliveryStatus.FAILED, DeliveryStatus.CANCELLED, DeliveryStatus.EXPIRED)


class Body(models.Model):
    """The exact JSON that goes out, less the msgUuid. Stored once however many groups get it."""

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.sha256[:12]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> DeliveryQuerySet:
        return self.filter(status=DeliveryStatus.WAITING, due_at__lte=at)

    def head_of_queue(self, at: datetime) -> DeliveryQuerySet:
        """Only the first of each robot's queue, by planned time, and none while a call to that robot is in flight.

        A test does not queue behind what waits for a paused robot, and nothing behind what a person paused, or what
        quiet hours hold: what comes behind that is held as well, or urgent.
        """
        others = Delivery.objects.filter(robot_id=OuterRef("robot_id"))
        earlier = (
            others.filter(status=DeliveryStatus.WAITING)
            .not_paused()
            .exclude(reason=QUIET_HOURS, due_at__gt=at)
            .filter(
                Q(planned_at__lt=OuterRef("planned_at")) | Q(planned_at=OuterRef("planned_at"), pk__lt=OuterRef("pk"))
            )
        )
        in_flight = others.filter(status=DeliveryStatus.SENDING)
        return self.filter(~Exists(in_flight)).filter(Q(is_test=True) | ~Exists(earlier))

    def after_its_earlier_parts(self) -> DeliveryQuerySet:
        """Of a message in parts none before all that come before it have arrived."""
        return self.filter(Q(part=1) | ~Exists(earlier_parts().exclude(status=DeliveryStatus.DELIVERED)))

    def behind_a_lost_part(self) -> DeliveryQuerySet:
        """Waiting parts that must not go out any more: one before them did not arrive, or a person has to decide."""
        lost = Q(status__in=LOST) | Q(status=DeliveryStatus.UNCERTAIN, due_at=None)
        return self.filter(Exists(earlier_parts().filter(lost)), status=DeliveryStatus.WAITING, part__gt=1)

    def undecided(self) -> DeliveryQuerySet:
        """Nobody knows whether they arrived, and nothing but a person will end it."""
        return self.filter(status=DeliveryStatus.UNCERTAIN, due_at=None)

    def not_paused(self) -> DeliveryQuerySet:
        """By a sub-query, which runs once: with a join each of a long paused run's rows would be looked up."""
        return self.exclude(run__in=Run.objects.filter(broadcast__paused_at__isnull=False).order_by().values("pk"))

    def still_to_go_out(self) -> DeliveryQuerySet:
        """What may yet be called without a person's doing: it waits, is in flight, or is retried safely."""
        return self.filter(
            Q(status__in=(DeliveryStatus.WAITING, DeliveryStatus.SENDING))
            | Q(status=DeliveryStatus.UNCERTAIN, due_at__isnull=False)
        )

    def lease_ran_out(self, at: datetime) -> DeliveryQuerySet:
        return self.filter(status=DeliveryStatus.SENDING, lease_until__lt=at)


def earlier_parts() -> DeliveryQuerySet:
    """Of a delivery in an outer query: the parts before it of the same message."""
    parts = Delivery.objects.filter(run=OuterRef("run"), robot=OuterRef("robot"), part__lt=OuterRef("part"))
    return parts.order_by()


class Delivery(models.Model):
    """One run to one robot, or a part of it. Changed only by conditional updates (messages/engine/), not by save()."""

    # Without indexes of their own: delivery_progress and delivery_by_robot begin with these columns.
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    robot = models.ForeignKey(Robot, null=True, on_delete=models.SET_NULL, related_name="deliveries", db_index=False)
    robot_name = models.CharField(max_length=100)
    group_name = models.CharField(max_length=100, blank=True)
    is_test = models.BooleanField(default=False)
    # Of a message beyond the limit that goes out in parts; each part waits for the one before it to arrive.
    part = models.PositiveSmallIntegerField(default=1, db_default=1)
    parts = models.PositiveSmallIntegerField(default=1, db_default=1)
    # Without an index: nothing asks for the deliveries of a body, and every move of a delivery would write to it.
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    # One for the delivery's whole life, the same on every automatic retry: DingTalk drops the second copy.
    msg_uuid = models.UUIDField(unique=True)

    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    planned_at = models.DateTimeField()  # the run's; the order within a group
    # The order between groups: runs that go out at the same time take turns, however long each of them is.
    turn = models.BigIntegerField(default=0)
    useful_until = models.DateTimeField(null=True)  # the broadcast's: still waiting then, it expires
    # waiting: no call before it. uncertain: when it is retried safely, None when a person has to decide.
    due_at = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)  # claims so far; the newest attempt's number
    tries = models.PositiveSmallIntegerField(default=0)  # calls that count against the limit of tries
    uncertain_tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)  # reason key of the last outcome, see robots/reasons.py
    errcode = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)  # which claim the call in flight belongs to
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"),
            models.UniqueConstraint(fields=["run", "robot", "part"], name="delivery_part_once_per_run"),
            # At most one call in flight per robot: order within a group is kept, a slow robot blocks nobody else.
            models.UniqueConstraint(
                fields=["robot"], condition=Q(status=DeliveryStatus.SENDING), name="delivery_one_in_flight_per_robot"
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.SENDING) | Q(claim__isnull=False, lease_until__isnull=False),
                name="delivery_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.WAITING) | Q(due_at__isnull=False), name="delivery_waiting_is_due"
            ),
        ]
        indexes = [
            # Some are led by the status, although it is one and the same: else SQLite takes delivery_by_status, and
            # reads all that waits.
            models.Index(
                fields=["status", "turn", "id"],
                condition=Q(status=DeliveryStatus.WAITING),
                name="delivery_queue",
            ),
            models.Index(
                fields=["status", "useful_until"],
                condition=Q(status=DeliveryStatus.WAITING, useful_until__isnull=False),
                name="delivery_useful_until",
            ),
            models.Index(
                fields=["robot", "planned_at", "id"],
                condition=Q(status=DeliveryStatus.WAITING),
                name="delivery_robot_queue",
            ),
            # Safe retries that wait: a few of many, and looked for once a second.
            models.Index(
                fields=["status", "claimed_at"],
                condition=Q(status=DeliveryStatus.WAITING, uncertain_tries__gt=0),
                name="delivery_held_retries",
            ),
            # Looked for once a second, and mostly there is none.
            models.Index(
                fields=["status", "run", "robot"],
                condition=Q(status=DeliveryStatus.WAITING, part__gt=1),
                name="delivery_later_parts",
            ),
            # Of messages in parts alone, which are few: the lost ones are looked for once a second.
            models.Index(fields=["status", "ended_at"], condition=Q(parts__gt=1), name="delivery_parts_ended"),
            models.Index(fields=["lease_until"], condition=Q(status=DeliveryStatus.SENDING), name="delivery_leases"),
            models.Index(
                fields=["status", "due_at"], condition=Q(status=DeliveryStatus.UNCERTAIN), name="delivery_uncertain"
            ),
            models.Index(fields=["run", "status"], name="delivery_progress"),
            models.Index(fields=["status", "-id"], name="delivery_by_status"),
            models.Index(fields=["robot", "-id"], name="delivery_by_robot"),
            models.Index(fields=["ended_at"], name="delivery_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.robot_name} {self.get_status_display()}"

    @property
    def is_part(self) -> bool:
        return self.parts > 1


class Attempt(models.Model):
    """One HTTP call for a delivery. Append-only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)  # dingtalk.replies.Kind
    reason = models.CharField(max_length=40)
    http_status = models.PositiveSmallIntegerField(null=True)
    errcode = models.BigIntegerField(null=True)
    raw = models.TextField(blank=True)  # DingTalk's reply, at most 2,000 characters
    masked_url = models.CharField(max_length=400, blank=True)
    # Our clock minus DingTalk's, when DingTalk refused our timestamp and told its own time.
    clock_skew_seconds = models.IntegerField(null=True)
    token_fingerprint = models.CharField(max_length=64)  # whose minute it used up, to rebuild the pacing window
    worker = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        default_permissions = ("view",)
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number_once")]
        indexes = [
            models.Index(fields=["started_at"], name="attempt_newest"),
            models.Index(fields=["errcode", "-id"], name="attempt_by_errcode"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"

    @property
    def clock_behind_seconds(self) -> int:
        """How far our clock was behind DingTalk's; 0 when it was not."""
        return max(0, -(self.clock_skew_seconds or 0))
