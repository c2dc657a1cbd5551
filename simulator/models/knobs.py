from __future__ import annotations

from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from simulator.models.group import Group

LIMIT_PER_MINUTE: Final = 20
PENALTY_SECONDS: Final = 600


class Wording(models.TextChoices):
    """DingTalk changed the texts of its refusals three times; all four forms are met in the wild."""

    SHORT = "short", "keywords not in content"
    MORE = "more", "keywords not in content, more: […]"
    DESCRIPTION = "description", "description:…;solution:…"
    LABEL = "label", "错误描述:…;解决方案:…"


class WindowKind(models.TextChoices):
    SLIDING = "sliding", _("any 60 seconds")
    FIXED = "fixed", _("each minute of the clock")


class ThrottleCode(models.IntegerChoices):
    SEEN_FIRST = 130101, "130101 send too fast, exceed 20 times per minute"
    SEEN_LATELY = 660026, "660026 sending too many messages per minute"
    DOCUMENTED = 410100, "410100 发送速度太快而限流"


class TokenCode(models.IntegerChoices):
    TODAY = 300005, "300005 token is not exist"
    OLDER = 300001, "300001 token is not exist"


class Knobs(models.Model):
    """How the simulator behaves where DingTalk is known to vary, or where nobody knows.

    One row without a group is for all; a group's own row replaces it as a whole. The defaults need no row.
    """

    group = models.OneToOneField(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="knobs")
    strict = models.BooleanField(
        _("strict"),
        default=True,
        help_text=_("Refuse what a careful sender never sends, though DingTalk may let it pass."),
    )
    wording = models.CharField(_("wording of refusals"), max_length=20, choices=Wording, default=Wording.LABEL)
    throttle_errcode = models.PositiveIntegerField(
        _("code when throttled"), choices=ThrottleCode, default=ThrottleCode.SEEN_LATELY
    )
    token_errcode = models.PositiveIntegerField(
        _("code of an unknown token"), choices=TokenCode, default=TokenCode.TODAY
    )
    errcode_as_text = models.BooleanField(_("errcode as text"), default=False, help_text='{"errcode":"0"}')
    errmsg_first = models.BooleanField(_("errmsg before errcode"), default=False)
    escape_arrows = models.BooleanField(_("-> written as -\\u003E"), default=True)

    limit = models.PositiveSmallIntegerField(
        _("messages a minute"), default=LIMIT_PER_MINUTE, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    window = models.CharField(_("counted over"), max_length=10, choices=WindowKind, default=WindowKind.SLIDING)
    penalty_seconds = models.PositiveIntegerField(
        _("silence after throttling, seconds"), default=PENALTY_SECONDS, help_text=_("0: none.")
    )
    count_throttled = models.BooleanField(_("throttled calls count as well"), default=True)

    latency_ms = models.PositiveIntegerField(
        _("delay of every answer, ms"), default=0, validators=[MaxValueValidator(60_000)]
    )
    clock_offset_seconds = models.IntegerField(
        _("clock ahead by, seconds"), default=0, help_text=_("Negative: behind.")
    )
    banned_words = models.JSONField(_("banned words"), default=list, blank=True)  # answers 430102
    unsafe_hosts = models.JSONField(_("unsafe hosts"), default=list, blank=True)  # answers 430101

    class Meta:
        app_label = "simulator"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(group=None), name="simulator_knobs_one_row_for_all"
            )
        ]

    def __str__(self) -> str:
        return f"knobs of {self.group_id or 'all'}"
