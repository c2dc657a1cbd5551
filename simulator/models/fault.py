from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from simulator.models.group import Group


class FaultKind(models.TextChoices):
    LATENCY = "latency", _("Late answer")
    DROP_BEFORE = "drop_before", _("Connection closed before the message is accepted")
    DROP_AFTER_ACCEPT = "drop_after_accept", _("Connection closed after the message is accepted")
    REDIRECT_302 = "redirect_302", _("HTTP 302")
    HTTP_500 = "http_500", _("HTTP 500")
    HTTP_400 = "http_400", _("HTTP 400")
    HTML_200 = "html_200", _("HTML page with HTTP 200")
    HTML_502 = "html_502", _("HTML page with HTTP 502")
    TRUNCATED = "truncated", _("Answer cut off in the middle")
    EMPTY = "empty", _("Empty answer")
    NO_ERRCODE = "no_errcode", _("Answer without errcode")
    HUGE = "huge", _("Answer of 10 MB")
    SLOW_DRIP = "slow_drip", _("Answer byte by byte")
    BANNED_1111 = "banned_1111", _("IP address banned (1111)")
    ERRCODE = "errcode", _("A certain errcode")


# After these the message stands in the chat although the sender was told nothing it can trust.
ACCEPTS = frozenset(
    {
        FaultKind.LATENCY,
        FaultKind.DROP_AFTER_ACCEPT,
        FaultKind.TRUNCATED,
        FaultKind.EMPTY,
        FaultKind.NO_ERRCODE,
        FaultKind.HUGE,
        FaultKind.SLOW_DRIP,
    }
)


class Fault(models.Model):
    """Something that goes wrong on purpose, in one group or, without a group, everywhere."""

    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="faults")
    kind = models.CharField(_("what goes wrong"), max_length=20)  # FaultKind
    remaining = models.PositiveIntegerField(
        _("for the next calls"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: until removed."),
    )
    percent = models.PositiveSmallIntegerField(
        _("chance, percent"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    delay_ms = models.PositiveIntegerField(
        _("delay, ms"),
        default=2000,
        validators=[MaxValueValidator(120_000)],
        help_text=_("For a late answer; for an answer byte by byte the pause between two bytes."),
    )
    errcode = models.BigIntegerField(_("errcode"), null=True, blank=True)
    errmsg = models.CharField(_("errmsg"), max_length=500, blank=True)

    class Meta:
        app_label = "simulator"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind=FaultKind.ERRCODE) | models.Q(errcode__isnull=False),
                name="simulator_fault_errcode_given",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
