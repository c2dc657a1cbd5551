"""What one group of a broadcast got, or will get: the very words of its deliveries, else those that were frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.http import QueryDict

from dingtalk.payloads import At, Message, PayloadError, message_from_dict
from messages.forms.composition import number_of
from messages.models import Broadcast, Delivery, Target
from messages.pages.broadcasts.people import names_of
from messages.pages.drafts.pieces import Piece
from messages.pages.switching import LISTED, Choice, Switch
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import marks_of
from messages.rendering.frozen import stored_ending, stored_mentions
from messages.rendering.message import template_of
from messages.rendering.parts import outgoing
from messages.rendering.values import RunFacts, values_of
from messages.services.content import message_of

Read: TypeAlias = tuple[Message, At]


@dataclass(frozen=True, slots=True)
class InGroup:
    """`bubbles`: one for each part. `sent`: these are the very words of its deliveries, and not yet to be made."""

    switch: Switch
    target: Target
    bubbles: Sequence[Bubble]
    sent: bool
    pieces: Sequence[Piece]

    @property
    def group_name(self) -> str:
        return self.target.group_name or self.target.robot_name

    @property
    def own_words(self) -> bool:
        return self.target.override is not None


def in_group(broadcast: Broadcast, asked: QueryDict) -> InGroup | None:
    """Of the target that is asked for, else the first one. None where every group reads the same.

    Raises PayloadError for a message that no version of ours could have made.
    """
    if not broadcast.tailored:
        return None
    targets = broadcast.targets.order_by("pk")
    chosen = number_of(asked.get("shown", ""))
    target = (targets.filter(pk=chosen).first() if chosen else None) or targets.first()
    if target is None:
        return None
    frozen = _Frozen(broadcast, target)
    sent = list(filter(None, map(_read, _bodies(broadcast, target))))
    return InGroup(
        switch=_switch(targets, target, asked.get("search_shown", "").strip()[:100]),
        target=target,
        bubbles=[_bubble(each, target) for each in sent or frozen.messages()],
        sent=bool(sent),
        pieces=frozen.pieces(),
    )


def _bodies(broadcast: Broadcast, target: Target) -> list[str]:
    """Of its newest run, part by part."""
    mine = Q(robot=target.robot_id) if target.robot_id else Q(robot=None, robot_name=target.robot_name)
    deliveries = Delivery.objects.filter(mine, run__broadcast=broadcast).order_by("-run", "part")
    rows = list(deliveries.values_list("run", "body__text")[:LISTED])
    return [text for run, text in rows if run == rows[0][0]]


def _read(body: str) -> Read | None:
    try:
        read = json.loads(body)
        at = read.pop("at", {})
        return message_from_dict(read), _at(at)
    except (PayloadError, ValueError, AttributeError):
        return None


def _at(at: Mapping[str, Any]) -> At:
    mobiles, user_ids = at.get("atMobiles", []), at.get("atUserIds", [])
    return At(tuple(map(str, mobiles)), tuple(map(str, user_ids)), everyone=at.get("isAtAll") is True)


class _Frozen:
    """What the launch froze for the target."""

    def __init__(self, broadcast: Broadcast, target: Target) -> None:
        content = broadcast.content if target.override is None else broadcast.overrides[target.override]
        self._template = template_of(message_of(broadcast.msgtype, content))
        run = RunFacts(broadcast.next_at or broadcast.planned_at, broadcast.zone)
        self._values = values_of(robot=target.robot_name, group=target.group_name, variables=target.variables, run=run)
        self._at = stored_mentions(target.mentions, broadcast.at)
        self._ending = stored_ending(target.ending)

    def messages(self) -> list[Read]:
        message = self._template.filled(self._values).message
        return [(part.message, part.at) for part in outgoing(message, at=self._at, ending=self._ending)]

    def pieces(self) -> list[Piece]:
        """Of the variables; what is said of those that change with each run is what the plan says."""
        return [Piece(name, value, "") for name, value in self._template.shown(self._values)]


def _bubble(read: Read, target: Target) -> Bubble:
    message, at = read
    marks = marks_of(at, names_of([*at.mobiles, *at.user_ids]))
    return bubble_of(message, at=at, marks=marks, sender=target.robot_name)


def _switch(targets: QuerySet[Target], target: Target, search: str) -> Switch:
    """There may be thousands: no more is read than is listed."""
    found = targets.filter(_matching(search))
    own = [*map(_choice, found.exclude(override=None)[: LISTED + 1])]
    others = [*map(_choice, found.filter(override=None)[: LISTED + 1 - len(own)])]
    now, total = _choice(target), targets.count()
    more = len(own) + len(others) > LISTED
    if now not in own + others:
        (own if now.own else others).insert(0, now)
    return Switch(
        chosen=now,
        total=total,
        position=targets.filter(pk__lt=target.pk).count() + 1,
        own=own[:LISTED],
        others=others[:LISTED],
        search=search,
        more=more,
        found=found.count() if search else total,
        back=_choice(targets.filter(pk__lt=target.pk).last() or targets.last() or target) if total > 1 else None,
        on=_choice(targets.filter(pk__gt=target.pk).first() or targets.first() or target) if total > 1 else None,
    )


def _choice(target: Target) -> Choice:
    return Choice(target.pk, target.group_name, target.robot_name, own=target.override is not None)


def _matching(search: str) -> Q:
    found = Q()
    for word in search.split():
        found &= Q(robot_name__icontains=word) | Q(group_name__icontains=word)
    return found
