"""What a draft's fields come to: its audience, whom it mentions, and the message in each group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from dingtalk.payloads import At
from messages.rendering.contents import message_of
from messages.services.audience import audience
from messages.services.checks import tailoring_of
from messages.services.mentions import resolve_mentions
from messages.services.overrides import overrides_of
from messages.services.snapshots import Snapshot
from messages.services.tailoring import Tailoring
from robots.models import Recipient, RecipientList, Robot, Tag


def audience_of(snapshot: Snapshot) -> QuerySet[Robot]:
    return audience(
        all_robots=snapshot.all_robots,
        robots=Robot.objects.filter(pk__in=snapshot.robots),
        tags=Tag.objects.filter(pk__in=snapshot.tags),
    )


def mentions_of(snapshot: Snapshot) -> At:
    return resolve_mentions(
        everyone=snapshot.mention_everyone,
        recipients=Recipient.objects.filter(pk__in=snapshot.mention_recipients).only("pk"),
        lists=RecipientList.objects.filter(pk__in=snapshot.mention_lists).only("pk"),
    )


def tailoring_for(
    snapshot: Snapshot,
    robots: Sequence[Robot],
    *,
    at: At,
    planned_at: datetime | None = None,
    zone: str | None = None,
) -> Tailoring:
    """`robots`: of its audience, those that get it. `planned_at` and `zone` as for tailoring_of."""
    return tailoring_of(
        message_of(snapshot.msgtype, snapshot.content),
        at=at,
        planned_at=planned_at,
        zone=zone,
        overrides=overrides_of(snapshot.overrides),
        sharing=robots if snapshot.mention_sharing else None,
    )
