from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q

from simulator.models.group import Group


class LoggedCall(models.Model):
    """One HTTP call as it came in, with what was answered and why."""

    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="calls")
    arrived_at = models.DateTimeField()
    method = models.CharField(max_length=20)
    url = models.TextField()  # path and query exactly as sent, the token included
    headers = models.JSONField()  # without cookies
    body = models.BinaryField()
    address = models.CharField(max_length=64)
    errcode = models.BigIntegerField(null=True)  # None: a fault stood in for the answer
    errmsg = models.TextField(blank=True)
    fault = models.CharField(max_length=20, blank=True)
    notes = models.JSONField(default=list)  # [[diagnosis, {parameters}]]

    class Meta:
        app_label = "simulator"
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.method} {self.errcode}"


class ChatMessage(models.Model):
    """One message that stands in a group's chat."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="messages")
    # JSON in a plain text: the database's own JSON check refuses nestings that DingTalk would not mind.
    body = models.TextField()
    msg_uuid = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField()

    class Meta:
        app_label = "simulator"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["group", "msg_uuid"], condition=~Q(msg_uuid=""), name="simulator_message_once_per_uuid"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.pk}"

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.body)
        return message


class Window(models.Model):
    """The last counted calls of one token, known or not: DingTalk throttles a token before it looks it up."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    stamps = models.JSONField(default=list)  # milliseconds, oldest first, at most as many as the limit
    muted_until_ms = models.BigIntegerField(default=0)
    last_ms = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        app_label = "simulator"
        default_permissions = ()

    def __str__(self) -> str:
        return self.token_hash[:8]
