"""Reads what the ledger compares: our rows, and the endpoint's log before the simulator forgets its oldest lines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from messages.models import Attempt, Delivery, Run
from simulator.models import ChatMessage, LoggedCall
from tests.faults.ledger import Accepted, Heard, Sent, Try


@dataclass
class EndpointLog:
    """The simulator keeps the newest 50,000 calls: read it now and then."""

    heard: list[Heard] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    _last_call: int = 0
    _last_message: int = 0

    def read(self) -> None:
        for call in LoggedCall.objects.filter(pk__gt=self._last_call).select_related("group").order_by("pk"):
            uuid = json.loads(bytes(call.body) or b"{}").get("msgUuid", "")
            name = call.group.name if call.group else ""
            self.heard.append(Heard(name, uuid, call.arrived_at.timestamp(), call.fault))
            self._last_call = call.pk
        for message in ChatMessage.objects.filter(pk__gt=self._last_message).select_related("group").order_by("pk"):
            text = message.message["text"]["content"]
            self.accepted.append(Accepted(message.group.name, message.msg_uuid, text))
            self._last_message = message.pk


def read_deliveries() -> list[Sent]:
    tries: dict[int, list[Try]] = {}
    for attempt in Attempt.objects.order_by("delivery_id", "number").iterator():
        started = attempt.started_at.timestamp()
        tries.setdefault(attempt.delivery_id, []).append(
            Try(
                kind=attempt.kind,
                reason=attempt.reason,
                worker=attempt.worker,
                started=started,
                ended=started + attempt.duration_ms / 1000,
                answered=attempt.errcode is not None,
            )
        )
    return [
        Sent(
            robot=delivery.robot_name,
            uuid=str(delivery.msg_uuid),
            broadcast=delivery.run.broadcast_id,
            status=delivery.status,
            reason=delivery.reason,
            policy=delivery.run.broadcast.uncertain_policy,
            retry_due=delivery.status == "uncertain" and delivery.due_at is not None,
            tries=tuple(tries.get(delivery.pk, ())),
        )
        for delivery in Delivery.objects.select_related("run__broadcast").order_by("pk").iterator()
    ]


def read_runs() -> list[tuple[int, datetime]]:
    return list(Run.objects.order_by("pk").values_list("broadcast_id", "planned_at"))
