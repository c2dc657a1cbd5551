"""What one group of a broadcast got, or will get: the very words of its deliveries, else those that were frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from dingtalk.payloads import At, PayloadError, message_from_dict
from messages.forms.composition import number_of
from messages.models import Broadcast, Delivery, Target
from messages.pages.broadcasts.frozen import Frozen, Read, facts_of
from messages.pages.broadcasts.people import names_of
from messages.pages.drafts.pieces import Piece
from messages.pages.drafts.remarks import Remark, hints_of
from messages.pages.switching import LISTED, Choice, Switch
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import marks_of
from messages.preview.preview import Preview, preview_of


@dataclass(frozen=True, slots=True)
class InGroup:
    """`preview`: of the whole message. `parts`: of one that is too long. `sent`: these are the very words of its
    deliveries, and not yet to be made.
    """

    switch: Switch
    target: Target
    preview: Preview
    parts: Sequence[Bubble]
    sent: bool
    pieces: Sequence[Piece]

    @property
    def group_name(self) -> str:
        return self.target.group_name or self.target.robot_name

    @property
    def own_words(self) -> bool:
        return self.target.override is not None

    @property
    def hints(self) -> Sequence[Remark]:
        return hints_of(self.preview.hints)


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
    run, bodies = _delivered(broadcast, target)
    frozen = Frozen(broadcast, target, facts_of(broadcast, run))
    sent = list(filter(None, map(_read, bodies)))
    return InGroup(
        switch=_switch(targets, target, asked.get("search_shown", "").strip()[:100]),
        target=target,
        preview=_preview(frozen, sent, target),
        parts=_parts(sent or frozen.messages(), target),
        sent=bool(sent),
        pieces=frozen.pieces(),
    )


def _delivered(broadcast: Broadcast, target: Target) -> tuple[int | None, list[str]]:
    """Its newest run, and the bodies of that, part by part."""
    mine = Q(robot=target.robot_id) if target.robot_id else Q(robot=None, robot_name=target.robot_name)
    deliveries = Delivery.objects.filter(mine, run__broadcast=broadcast).order_by("-run", "part")
    rows = list(deliveries.values_list("run", "body__text")[:LISTED])
    return (rows[0][0] if rows else None), [text for run, text in rows if run == rows[0][0]]


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


def _preview(frozen: Frozen, sent: Sequence[Read], target: Target) -> Preview:
    """As the draft's preview shows it; of words that went out and were no others with what was put in."""
    message, at, put_in = frozen.message, frozen.at, frozen.put_in()
    if len(sent) == 1 and not frozen.is_in(sent[0][0]):
        (message, at), put_in = sent[0], None
    return preview_of(message, at=at, names=_names(at), sender=target.robot_name, put_in=put_in)


def _parts(reads: Sequence[Read], target: Target) -> list[Bubble]:
    """None where it is one message."""
    if len(reads) < 2:
        return []
    sender = target.robot_name
    return [bubble_of(message, at=at, marks=marks_of(at, _names(at)), sender=sender) for message, at in reads]


def _names(at: At) -> dict[str, str]:
    return names_of([*at.mobiles, *at.user_ids])


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
